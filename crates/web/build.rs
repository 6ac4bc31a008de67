//! Templates, words and assets are embedded; Cargo must know that they are part of the source.

fn main() {
    for folder in ["templates", "content", "assets/dist", "organisations"] {
        println!("cargo::rerun-if-changed=../../{folder}");
    }
}
