//! The organisation's other systems and message channels.
