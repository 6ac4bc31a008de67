use counterfoil_store::access::*;
#[test]
fn smoke() {
    let t = std::time::Instant::now();
    match Gate::load(None, Limits::default()) { Ok(_) => println!("{:?}", t.elapsed()), Err(e) => panic!("{e}") }
}
mod tempbench;
