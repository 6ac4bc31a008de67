use std::collections::HashMap;
use std::convert::Infallible;

use counterfoil_store::log::checkpoint::{Checkpoint, SignedCheckpoint};
use counterfoil_store::log::key::{KeyType, Signer, VerifierKey};
use counterfoil_store::log::merkle::{Hash, consistency_proof, empty_root, root_at};
use counterfoil_store::log::witness::{
    AddCheckpoint, Answer, Head, SIZE_CONTENT_TYPE, Witness, WitnessState, origin_path,
};
use counterfoil_store::log::witness_client::{CosignError, Reply, cosign};
use counterfoil_store::log::witness_file::{FileState, FileWitness, WitnessFileError};

use super::naive::grown;

const ORIGIN: &str = "example.com/log";
const NOW: u64 = 1_790_000_000;

fn log_signer() -> Signer {
    Signer::from_seed(ORIGIN, KeyType::Ed25519, &[3; 32]).unwrap()
}

fn witness() -> Witness {
    let signer = Signer::from_seed("witness.example", KeyType::Cosignature, &[8; 32]).unwrap();
    Witness::new(signer, vec![log_signer().verifier().clone()]).unwrap()
}

fn signed(origin: &str, size: u64, root: Hash) -> SignedCheckpoint {
    Checkpoint::new(origin, size, root).sign(&log_signer(), 0).unwrap()
}

fn checkpoint(size: u64) -> SignedCheckpoint {
    signed(ORIGIN, size, root_at(&mut grown(size), size).unwrap())
}

fn request(old: u64, size: u64) -> AddCheckpoint {
    let proof = consistency_proof(&mut grown(size), old.min(size), size).unwrap();
    AddCheckpoint { old, proof, checkpoint: checkpoint(size) }
}

#[derive(Default)]
struct Memory {
    heads: HashMap<String, (Head, String)>,
    /// Pretends that another request wins the race, once.
    beaten_by: Option<Head>,
}

impl WitnessState for Memory {
    type Error = Infallible;

    fn latest(&mut self, origin: &str) -> Result<Option<Head>, Infallible> {
        Ok(self.heads.get(origin).map(|h| h.0))
    }

    fn advance(
        &mut self,
        origin: &str,
        from: Option<Head>,
        to: Head,
        cosigned: &str,
    ) -> Result<bool, Infallible> {
        if let Some(head) = self.beaten_by.take() {
            self.heads.insert(origin.to_owned(), (head, String::new()));
        }
        let same = self.latest(origin)? == from;
        if same {
            self.heads.insert(origin.to_owned(), (to, cosigned.to_owned()));
        }
        Ok(same)
    }
}

fn ask(state: &mut Memory, body: &str) -> Answer {
    witness().add_checkpoint(state, NOW, body.as_bytes()).unwrap()
}

/// A state that has cosigned `size`; 0 for never.
fn at(size: u64) -> Memory {
    let mut state = Memory::default();
    if size > 0 {
        assert_eq!(ask(&mut state, &request(0, size).to_string()).status, 200);
    }
    state
}

#[test]
fn a_log_that_grows_is_cosigned() {
    let mut state = Memory::default();
    let mut old = 0;
    for size in [0, 0, 1, 2, 5, 5, 64, 100] {
        let answer = ask(&mut state, &request(old, size).to_string());
        assert_eq!(answer.status, 200, "{old} to {size}: {}", answer.body);
        let mut with = checkpoint(size);
        let line =
            counterfoil_store::log::note::Signature::parse(answer.body.strip_suffix('\n').unwrap()).unwrap();
        with.note.signatures.push(line);
        let keys = [log_signer().verifier().clone(), witness().verifier().clone()];
        let verified = with.open(&keys).unwrap();
        assert_eq!(verified[1].time, Some(NOW));
        assert_eq!(state.heads[ORIGIN].0.size, size);
        assert_eq!(state.heads[ORIGIN].1, with.to_string(), "what monitors get");
        old = size;
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "one story, step by step")]
fn each_fault_has_its_status_and_changes_nothing() {
    let other_root = signed(ORIGIN, 5, [1; 32]);
    let grown_wrong = signed(ORIGIN, 9, [1; 32]);
    let with = |r: &AddCheckpoint, f: &dyn Fn(&mut AddCheckpoint)| {
        let mut r = r.clone();
        f(&mut r);
        r.to_string()
    };
    let good = request(5, 9);
    let bad_signature = {
        let text = good.to_string();
        let signature = text.lines().last().unwrap();
        text.replace(
            signature,
            &Signer::from_seed(ORIGIN, KeyType::Ed25519, &[3; 32])
                .unwrap()
                .sign("x\n", 0)
                .to_string()
                .replace('\n', ""),
        )
    };
    let stranger = Signer::from_seed(ORIGIN, KeyType::Ed25519, &[4; 32]).unwrap();
    let by_stranger = with(&good, &|r| {
        r.checkpoint.note.signatures = vec![stranger.sign(r.checkpoint.note.text(), 0)];
    });
    let table: Vec<(u64, String, u16, &str)> = vec![
        (5, String::new(), 400, "empty"),
        (5, good.to_string().replace("old 5", "old 05"), 400, "leading zero"),
        (5, good.to_string().replace("old 5", "old -5"), 400, "negative"),
        (5, good.to_string().replace("old 5", "Old 5"), 400, "spelling"),
        (5, good.to_string().replace("old 5\n", "old 5\nAAAA\n"), 400, "short hash"),
        (5, with(&good, &|r| r.proof = vec![[0; 32]; 64]), 400, "too many lines"),
        (5, good.to_string().trim_end().to_owned(), 400, "unfinished"),
        (5, good.to_string().replace("\n9\n", "\n09\n"), 400, "bad checkpoint"),
        (5, with(&good, &|r| r.checkpoint = signed("unknown/log", 9, [0; 32])), 404, "unknown log"),
        (5, bad_signature, 403, "known key, bad signature"),
        (5, by_stranger, 403, "unknown key"),
        (5, with(&good, &|r| r.old = 10), 400, "old above size"),
        (5, with(&request(4, 9), &|_| ()), 409, "stale"),
        (5, request(0, 9).to_string(), 409, "from nothing"),
        (5, request(9, 9).to_string(), 409, "ahead"),
        (0, request(5, 9).to_string(), 409, "never cosigned"),
        (5, with(&good, &|r| r.checkpoint = other_root.clone()), 422, "same size, other root"),
        (5, with(&good, &|r| r.checkpoint = grown_wrong.clone()), 422, "rewritten history"),
        (5, with(&good, &|r| r.proof[0][0] ^= 1), 422, "altered proof"),
        (5, with(&good, &|r| r.proof.truncate(1)), 422, "short proof"),
        (5, with(&good, &|r| r.proof.push([0; 32])), 422, "long proof"),
        (5, with(&request(5, 5), &|r| r.proof.push([0; 32])), 422, "proof for the same size"),
        (0, with(&request(0, 9), &|r| r.proof.push([0; 32])), 422, "proof from nothing"),
        (
            0,
            with(&request(0, 9), &|r| r.checkpoint = signed(ORIGIN, 0, [1; 32])),
            422,
            "empty tree, wrong root",
        ),
    ];
    for (known, body, status, what) in table {
        let mut state = at(known);
        let answer = ask(&mut state, &body);
        assert_eq!(answer.status, status, "{what}: {}", answer.body);
        assert_eq!(state.heads.get(ORIGIN).map_or(0, |h| h.0.size), known, "{what}");
        if status == 409 {
            assert_eq!(
                (answer.content_type, answer.body),
                (SIZE_CONTENT_TYPE, format!("{known}\n")),
                "{what}"
            );
        }
    }
}

#[test]
fn a_request_that_lost_a_race_is_a_conflict() {
    let head = |n| Head { size: n, root: root_at(&mut grown(n), n).unwrap() };
    let mut state = at(5);
    state.beaten_by = Some(head(20));
    let answer = ask(&mut state, &request(5, 9).to_string());
    assert_eq!((answer.status, answer.body.as_str()), (409, "20\n"));
    assert_eq!(state.heads[ORIGIN].0.size, 20, "nothing was rolled back");
}

#[test]
fn requests_are_written_as_the_specification_shows() {
    let text = request(5, 9).to_string();
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("old 5"));
    assert_eq!(text.matches('\n').count(), text.lines().count());
    assert_eq!(AddCheckpoint::parse(text.as_bytes()), Some(request(5, 9)));
    assert_eq!(origin_path(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

#[test]
fn a_witness_key_is_a_cosignature_key() {
    let plain = Signer::from_seed("w", KeyType::Ed25519, &[8; 32]).unwrap();
    assert!(Witness::new(plain, vec![]).is_err());
}

/// A transport that puts requests to a witness in memory.
fn over(state: &mut Memory) -> impl FnMut(&str) -> Result<Reply, &'static str> + '_ {
    |body| {
        let a = ask(state, body);
        Ok(Reply { status: a.status, content_type: a.content_type.to_owned(), body: a.body })
    }
}

fn keys() -> [VerifierKey; 1] {
    [witness().verifier().clone()]
}

#[test]
fn the_client_finds_the_witness_wherever_it_stands() {
    for known in [0, 5, 9] {
        for believed in [0, 3, 5, 9, 20] {
            let mut state = at(known);
            let lines = cosign(&mut grown(9), &checkpoint(9), believed, &keys(), over(&mut state)).unwrap();
            assert_eq!(lines.len(), 1, "{known} {believed}");
            assert_eq!(state.heads[ORIGIN].0.size, 9);
        }
    }
}

#[test]
fn the_client_tells_loss_from_forgery() {
    let mut ahead = at(20);
    let result = cosign(&mut grown(9), &checkpoint(9), 5, &keys(), over(&mut ahead));
    assert_eq!(result, Err(CosignError::Ahead { witness: 20, ours: 9 }));
    let mut other = Memory::default();
    other.heads.insert(ORIGIN.to_owned(), (Head { size: 5, root: [1; 32] }, String::new()));
    let result = cosign(&mut grown(9), &checkpoint(9), 5, &keys(), over(&mut other));
    assert_eq!(result, Err(CosignError::OtherHistory));
    let reply = |status, body: &str| {
        let body = body.to_owned();
        move |_: &str| Ok::<_, &str>(Reply { status, content_type: String::new(), body: body.clone() })
    };
    let ask = |post: &mut dyn FnMut(&str) -> Result<Reply, &'static str>| {
        cosign(&mut grown(9), &checkpoint(9), 0, &keys(), post)
    };
    assert_eq!(ask(&mut reply(500, "")), Err(CosignError::Refused(500)));
    assert_eq!(ask(&mut reply(409, "5\n")), Err(CosignError::OtherHistory), "a size needs its content type");
    assert!(matches!(ask(&mut reply(200, "")), Err(CosignError::BadAnswer(_))));
    assert!(matches!(ask(&mut reply(200, "nonsense\n")), Err(CosignError::BadAnswer(_))));
    let stranger = Signer::from_seed("other.example", KeyType::Cosignature, &[9; 32]).unwrap();
    let line = stranger.sign(checkpoint(9).note.text(), NOW).to_string();
    assert!(
        matches!(ask(&mut reply(200, &line)), Err(CosignError::BadAnswer(_))),
        "a stranger's line is not enough"
    );
    assert_eq!(ask(&mut |_: &str| Err("no network")), Err(CosignError::Transport("no network")));
    let flipping = |_: &str| {
        Ok::<_, &str>(Reply {
            status: 409,
            content_type: SIZE_CONTENT_TYPE.to_owned(),
            body: "3\n".to_owned(),
        })
    };
    assert_eq!(ask(&mut { flipping }), Err(CosignError::Unsettled));
}

#[test]
fn a_witness_in_a_folder_remembers_and_notices_tampering() {
    let dir = tempfile::tempdir().unwrap();
    let key = FileWitness::create(dir.path(), "witness.example", &[8; 32]).unwrap();
    assert!(matches!(
        FileWitness::create(dir.path(), "again", &[9; 32]),
        Err(WitnessFileError::AlreadyThere(_))
    ));
    FileWitness::trust(dir.path(), log_signer().verifier()).unwrap();
    FileWitness::trust(dir.path(), log_signer().verifier()).unwrap();
    assert!(FileWitness::trust(dir.path(), &key).is_err());
    let open = || FileWitness::open(dir.path()).unwrap();
    assert_eq!(*open().verifier(), key);
    for (old, size) in [(0, 3), (3, 7)] {
        assert_eq!(
            open().add_checkpoint(NOW, request(old, size).to_string().as_bytes()).unwrap().status,
            200
        );
    }
    let log = dir.path().join(origin_path(ORIGIN));
    let cosigned = open().cosigned(&origin_path(ORIGIN)).unwrap().unwrap();
    assert_eq!(SignedCheckpoint::parse(&cosigned).unwrap().checkpoint.size, 7);
    assert_eq!(
        std::fs::read(log.join("cosigned/3")).unwrap().len(),
        std::fs::read(log.join("cosigned/7")).unwrap().len()
    );
    assert_eq!(open().cosigned("../witness.key").unwrap(), None);
    // Rewritten history leaves evidence.
    let forged = AddCheckpoint { old: 7, proof: vec![], checkpoint: signed(ORIGIN, 7, [1; 32]) };
    assert_eq!(open().add_checkpoint(NOW, forged.to_string().as_bytes()).unwrap().status, 422);
    assert_eq!(std::fs::read_dir(log.join("evidence")).unwrap().count(), 1);
    // Someone puts an older or forged state back.
    let next = request(7, 9).to_string();
    std::fs::write(log.join("checkpoint"), checkpoint(3).to_string()).unwrap();
    assert!(matches!(open().add_checkpoint(NOW, next.as_bytes()), Err(WitnessFileError::Altered(_))));
    std::fs::remove_file(log.join("checkpoint")).unwrap();
    assert!(matches!(open().add_checkpoint(NOW, next.as_bytes()), Err(WitnessFileError::Lost)));
    let empty = tempfile::tempdir().unwrap();
    assert!(matches!(FileWitness::open(empty.path()), Err(WitnessFileError::NoWitness(_))));
}

#[test]
fn a_state_in_a_folder_moves_only_from_where_it_is_believed_to_be() {
    let dir = tempfile::tempdir().unwrap();
    let signer = Signer::from_seed("witness.example", KeyType::Cosignature, &[8; 32]).unwrap();
    let mut state = FileState::new(dir.path(), signer.verifier().clone());
    let at = |size| {
        let mut signed = checkpoint(size);
        signed.note.signatures.push(signer.sign(signed.note.text(), NOW));
        (Head { size, root: signed.checkpoint.root }, signed.to_string())
    };
    let ((three, note3), (seven, note7)) = (at(3), at(7));
    assert_eq!(state.latest(ORIGIN).unwrap(), None);
    assert!(!state.advance(ORIGIN, Some(three), seven, &note7).unwrap());
    assert_eq!(state.latest(ORIGIN).unwrap(), None, "nothing was written");
    assert!(state.advance(ORIGIN, None, seven, &note7).unwrap());
    assert!(!state.advance(ORIGIN, None, three, &note3).unwrap());
    assert!(!state.advance(ORIGIN, Some(three), three, &note3).unwrap());
    assert_eq!(state.latest(ORIGIN).unwrap(), Some(seven));
}

#[cfg(unix)]
#[test]
fn a_witness_key_is_readable_by_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().unwrap();
    FileWitness::create(dir.path(), "witness.example", &[8; 32]).unwrap();
    let mode = std::fs::metadata(dir.path().join("witness.key")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

/// Many senders at once: no two histories, never a smaller tree after a larger one.
#[test]
fn a_witness_in_a_folder_never_goes_back_under_concurrency() {
    let dir = tempfile::tempdir().unwrap();
    FileWitness::create(dir.path(), "witness.example", &[8; 32]).unwrap();
    FileWitness::trust(dir.path(), log_signer().verifier()).unwrap();
    let cosigned = std::sync::Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for sender in 0..4u64 {
            let (dir, cosigned) = (dir.path(), &cosigned);
            scope.spawn(move || {
                let witness = FileWitness::open(dir).unwrap();
                for step in 1..12 {
                    let size = step * 4 + sender;
                    let post = |body: &str| {
                        let a = witness.add_checkpoint(NOW, body.as_bytes())?;
                        Ok::<_, WitnessFileError>(Reply {
                            status: a.status,
                            content_type: a.content_type.to_owned(),
                            body: a.body,
                        })
                    };
                    match cosign(&mut grown(size), &checkpoint(size), 0, &[witness.verifier().clone()], post)
                    {
                        Ok(_) => cosigned.lock().unwrap().push(size),
                        Err(CosignError::Ahead { .. } | CosignError::Unsettled) => {}
                        Err(e) => panic!("{e}"),
                    }
                }
            });
        }
    });
    let mut sizes = cosigned.into_inner().unwrap();
    sizes.sort_unstable();
    let latest = FileWitness::open(dir.path()).unwrap().cosigned(&origin_path(ORIGIN)).unwrap().unwrap();
    let latest = SignedCheckpoint::parse(&latest).unwrap().checkpoint;
    assert_eq!(Some(&latest.size), sizes.last(), "the state is the largest that was cosigned");
    assert_eq!(latest.root, root_at(&mut grown(latest.size), latest.size).unwrap());
    assert_ne!(latest.root, empty_root());
}
