//! The use-cases: one public function per thing that a person does.
