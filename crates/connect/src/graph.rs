//! The order of a search: which collections the identities lead to, in which direction each reference is
//! walked, and what is read when. Pure: numbers in, numbers out.

use std::collections::{BTreeSet, VecDeque};

/// Collections and references as numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Graph {
    /// How many collections there are.
    pub size: usize,
    /// References: from, to, and whether they may be walked either way.
    pub edges: Vec<Edge>,
    /// The collections that an identity leads to directly.
    pub seeds: Vec<usize>,
    /// Orders to keep: the later collection, the earlier one.
    pub after: Vec<(usize, usize)>,
}

/// A reference between two collections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edge {
    /// Whose values are looked up.
    pub from: usize,
    /// Where they are looked up.
    pub to: usize,
    /// It is walked in whichever direction the search meets it first.
    pub either: bool,
}

/// How the search goes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// What is read together, in order. Every reference leads onwards or stays in its group.
    pub groups: Vec<Group>,
    /// For each reference of the graph, whether it is walked against the way in which it is written.
    pub turned: Vec<bool>,
    /// The collections that no identity leads to.
    pub unreached: Vec<usize>,
}

/// Collections that lead to each other, or a single one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The collections.
    pub members: Vec<usize>,
    /// References lead round: they are walked until nothing new is found.
    pub cyclic: bool,
}

/// An order that cannot be kept: the collection that waits, and what it waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stuck {
    /// It is to be read later …
    pub later: usize,
    /// … than this one, which is only found by way of it, or which waits for it too.
    pub earlier: usize,
}

/// Plans the search.
///
/// # Errors
/// [`Stuck`] when the orders to keep contradict each other or the references.
pub fn plan(graph: &Graph) -> Result<Plan, Stuck> {
    let reached = reachable(graph);
    let order = visit(graph, &reached)?;
    let position = |c: usize| order.iter().position(|&o| o == c);
    let turned: Vec<bool> =
        graph.edges.iter().map(|e| e.either && e.from != e.to && position(e.to) < position(e.from)).collect();
    let walked: Vec<(usize, usize)> = graph
        .edges
        .iter()
        .zip(&turned)
        .map(|(e, &turned)| if turned { (e.to, e.from) } else { (e.from, e.to) })
        .filter(|(from, to)| reached.contains(from) && reached.contains(to))
        .collect();
    let groups = group(graph, &order, &walked)?;
    let unreached = (0..graph.size).filter(|c| !reached.contains(c)).collect();
    Ok(Plan { groups, turned, unreached })
}

/// The collections that the seeds lead to.
fn reachable(graph: &Graph) -> BTreeSet<usize> {
    let mut reached: BTreeSet<usize> = graph.seeds.iter().copied().collect();
    let mut waiting: Vec<usize> = reached.iter().copied().collect();
    while let Some(at) = waiting.pop() {
        waiting.extend(next(graph, at).filter(|&to| reached.insert(to)).collect::<Vec<_>>());
    }
    reached
}

/// Where the references of a collection lead.
fn next(graph: &Graph, at: usize) -> impl Iterator<Item = usize> {
    graph.edges.iter().filter_map(move |e| match e {
        e if e.from == at => Some(e.to),
        e if e.either && e.to == at => Some(e.from),
        _ => None,
    })
}

/// The reached collections in the order in which a search breadth first meets them, waiting where an order
/// is to be kept.
fn visit(graph: &Graph, reached: &BTreeSet<usize>) -> Result<Vec<usize>, Stuck> {
    let mut queue: VecDeque<usize> = VecDeque::new();
    let mut seen = BTreeSet::new();
    queue.extend(graph.seeds.iter().copied().filter(|&s| seen.insert(s)));
    let mut order: Vec<usize> = Vec::new();
    while !queue.is_empty() {
        let waits_for = |c: usize, order: &[usize]| {
            let earlier = |(later, earlier): &(usize, usize)| (*later == c).then_some(*earlier);
            graph.after.iter().filter_map(earlier).find(|e| reached.contains(e) && !order.contains(e))
        };
        let Some(at) = queue.iter().position(|&c| waits_for(c, &order).is_none()) else {
            let stuck = queue.iter().find_map(|&later| Some((later, waits_for(later, &order)?)));
            let (later, earlier) = stuck.unwrap_or_default();
            return Err(Stuck { later, earlier });
        };
        let Some(current) = queue.remove(at) else { break };
        order.push(current);
        queue.extend(next(graph, current).filter(|&to| seen.insert(to)).collect::<Vec<_>>());
    }
    Ok(order)
}

/// Groups of collections that lead to each other, each before those that it leads to.
fn group(graph: &Graph, order: &[usize], walked: &[(usize, usize)]) -> Result<Vec<Group>, Stuck> {
    let held = |(later, earlier): &&(usize, usize)| order.contains(later) && order.contains(earlier);
    let after: Vec<(usize, usize)> = graph.after.iter().filter(held).map(|&(l, e)| (e, l)).collect();
    let all: Vec<(usize, usize)> = walked.iter().chain(&after).copied().collect();
    let onwards: Vec<BTreeSet<usize>> = (0..graph.size).map(|c| closure(c, &all)).collect();
    let leads = |from: usize, to: usize| onwards.get(from).is_some_and(|set| set.contains(&to));
    if let Some(&(earlier, later)) = after.iter().find(|&&(earlier, later)| leads(later, earlier)) {
        return Err(Stuck { later, earlier });
    }
    let mut groups: Vec<Group> = Vec::new();
    for &c in order {
        if !groups.iter().any(|g| g.members.contains(&c)) {
            let members = order.iter().copied().filter(|&o| o == c || (leads(c, o) && leads(o, c))).collect();
            groups.push(Group { members, cyclic: leads(c, c) });
        }
    }
    Ok(sorted(groups, &leads))
}

/// Everything that a collection leads to; itself only when a way leads back.
fn closure(from: usize, edges: &[(usize, usize)]) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    let mut waiting = vec![from];
    while let Some(at) = waiting.pop() {
        waiting.extend(edges.iter().filter(|(f, t)| *f == at && found.insert(*t)).map(|(_, t)| *t));
    }
    found
}

fn sorted(mut groups: Vec<Group>, leads: &dyn Fn(usize, usize) -> bool) -> Vec<Group> {
    let first = |g: &Group| g.members.first().copied().unwrap_or_default();
    let mut done = Vec::with_capacity(groups.len());
    while !groups.is_empty() {
        let heads: Vec<usize> = groups.iter().map(first).collect();
        let free = heads.iter().position(|&head| !heads.iter().any(|&h| h != head && leads(h, head)));
        // INVARIANT: groups do not lead to each other, so that one of them is always free.
        done.push(groups.remove(free.unwrap_or_default()));
    }
    done
}
