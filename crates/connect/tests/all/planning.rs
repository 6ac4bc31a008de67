//! The order of a search: tables, and random graphs against a naive walk.

use std::collections::BTreeSet;

use counterfoil_connect::graph::{Edge, Graph, Plan, Stuck, plan};
use proptest::prelude::*;

fn graph(size: usize, edges: &[(usize, usize)], seeds: &[usize], after: &[(usize, usize)]) -> Graph {
    let edges = edges.iter().map(|&(from, to)| Edge { from, to, either: false }).collect();
    Graph { size, edges, seeds: seeds.to_vec(), after: after.to_vec() }
}

fn groups(plan: &Plan) -> Vec<Vec<usize>> {
    plan.groups.iter().map(|g| g.members.clone()).collect()
}

#[test]
fn a_chain_is_read_in_order() {
    let p = plan(&graph(3, &[(2, 1), (1, 0)], &[2], &[])).unwrap();
    assert_eq!(groups(&p), [[2], [1], [0]]);
    assert!(p.groups.iter().all(|g| !g.cyclic) && p.unreached.is_empty());
}

#[test]
fn what_two_ways_lead_to_is_read_after_both() {
    let p = plan(&graph(4, &[(0, 1), (1, 2), (0, 3), (2, 3)], &[0], &[])).unwrap();
    assert_eq!(groups(&p), [[0], [1], [2], [3]]);
}

#[test]
fn a_cycle_is_one_group_and_a_reference_to_itself_repeats() {
    let p = plan(&graph(4, &[(0, 1), (1, 0), (1, 2), (3, 3)], &[0, 3], &[])).unwrap();
    let cyclic: Vec<(Vec<usize>, bool)> = p.groups.iter().map(|g| (g.members.clone(), g.cyclic)).collect();
    assert!(cyclic.contains(&(vec![0, 1], true)) && cyclic.contains(&(vec![3], true)), "{cyclic:?}");
    assert!(cyclic.contains(&(vec![2], false)));
}

#[test]
fn what_no_identity_leads_to_is_said() {
    assert_eq!(plan(&graph(3, &[(1, 0)], &[0], &[])).unwrap().unreached, [1, 2]);
}

#[test]
fn a_reference_without_direction_is_walked_away_from_the_identity() {
    let mut g = graph(3, &[(0, 1), (1, 2)], &[2], &[]);
    g.edges.iter_mut().for_each(|e| e.either = true);
    let p = plan(&g).unwrap();
    assert_eq!((groups(&p), p.turned), (vec![vec![2], vec![1], vec![0]], vec![true, true]));
}

#[test]
fn an_order_is_kept_or_refused() {
    let p = plan(&graph(3, &[(0, 1), (0, 2)], &[0], &[(1, 2)])).unwrap();
    assert_eq!(groups(&p), [[0], [2], [1]]);
    assert_eq!(plan(&graph(2, &[(0, 1)], &[0], &[(0, 1)])), Err(Stuck { later: 0, earlier: 1 }));
    assert!(plan(&graph(2, &[], &[0, 1], &[(0, 1), (1, 0)])).is_err());
    assert!(plan(&graph(2, &[(0, 1)], &[0, 1], &[(0, 1)])).is_err(), "the reference leads the other way");
}

fn random() -> impl Strategy<Value = Graph> {
    (1_usize..9).prop_flat_map(|size| {
        let edge = (0..size, 0..size, any::<bool>()).prop_map(|(from, to, either)| Edge { from, to, either });
        let edges = proptest::collection::vec(edge, 0..14);
        let seeds = proptest::collection::btree_set(0..size, 1..=size.min(3));
        (edges, seeds).prop_map(move |(edges, seeds)| Graph {
            size,
            edges,
            seeds: seeds.into_iter().collect(),
            after: Vec::new(),
        })
    })
}

proptest! {
    #[test]
    fn every_reached_collection_is_read_once_and_no_reference_leads_back(g in random()) {
        let p = plan(&g).unwrap();
        let members: Vec<usize> = p.groups.iter().flat_map(|x| x.members.clone()).collect();
        let mut reached: BTreeSet<usize> = g.seeds.iter().copied().collect();
        for _ in 0..g.size {
            for e in &g.edges {
                if reached.contains(&e.from) { reached.insert(e.to); }
                if e.either && reached.contains(&e.to) { reached.insert(e.from); }
            }
        }
        prop_assert_eq!(members.len(), reached.len());
        prop_assert_eq!(members.iter().copied().collect::<BTreeSet<_>>(), reached.clone());
        let place = |c: usize| p.groups.iter().position(|x| x.members.contains(&c));
        for (e, turned) in g.edges.iter().zip(&p.turned) {
            let (from, to) = if *turned { (e.to, e.from) } else { (e.from, e.to) };
            if let (Some(a), Some(b)) = (place(from), place(to)) {
                prop_assert!(a < b || (a == b && p.groups[a].cyclic), "{from} {to}");
            }
        }
        prop_assert!(p.unreached.iter().all(|c| !reached.contains(c)));
    }
}
