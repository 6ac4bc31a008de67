//! The verifier against copies that are broken on purpose: each must be refused.
