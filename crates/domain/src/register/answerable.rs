//! Who is answerable for the data that a request is about, and who of them answers it (promise N1; Arts 4(7), 12
//! and 26 UK GDPR).
//!
//! A place where data is kept stands under one or more footings: run jointly under an arrangement, by one
//! controller, or by each office for itself. The footings of the places that count say whom a letter must name.

/// Under whose responsibility something is done. Controllers and arrangements are named by the register's ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Footing<'a> {
    /// Jointly, under this arrangement (Art 26 UK GDPR).
    Joint(&'a str),
    /// By this controller.
    Sole(&'a str),
    /// By each office for itself.
    EachOffice,
}

/// Who answers requests under a joint arrangement (Art 26(1) UK GDPR).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answering<'a> {
    /// Always this controller.
    One(&'a str),
    /// The office that the person dealt with; this controller where there was none.
    OfficeElse(&'a str),
}

/// A joint arrangement, as far as answering goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrangement<'a> {
    /// The register's id.
    pub id: &'a str,
    /// Its controllers.
    pub controllers: Vec<&'a str>,
    /// Who of them answers.
    pub answering: Answering<'a>,
}

/// A place where data was found, or is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place<'a> {
    /// The register's id of the system; empty for a place that the register does not have.
    pub id: &'a str,
    /// Under whose responsibility it is; a place without one is the office's own.
    pub footings: Vec<Footing<'a>>,
}

/// Who is answerable for the data of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answerable<'a> {
    /// The joint arrangements that it falls under, each once.
    pub joint: Vec<&'a str>,
    /// The controllers that are alone answerable for a part, each with the places of that part.
    pub alone: Vec<(&'a str, Vec<&'a str>)>,
    /// The controller that answers the request.
    pub answers: &'a str,
}

impl<'a> Answerable<'a> {
    /// Every controller that the letter names: who answers, who is alone answerable, and the person's own office
    /// where it is one of the joint controllers. Each once, who answers first.
    #[must_use]
    pub fn named(&self, arrangements: &[Arrangement<'a>], office: Option<&'a str>) -> Vec<&'a str> {
        let jointly =
            |id: &&str| arrangements.iter().any(|a| self.joint.contains(&a.id) && a.controllers.contains(id));
        let all = std::iter::once(self.answers)
            .chain(self.alone.iter().map(|(controller, _)| *controller))
            .chain(office.filter(jointly));
        let mut named = Vec::new();
        for id in all {
            if !named.contains(&id) {
                named.push(id);
            }
        }
        named
    }

    /// Whether a controller that is not the organisation's first is alone answerable for everything.
    #[must_use]
    pub fn is_local_alone(&self, first: &str) -> bool {
        self.joint.is_empty() && self.alone.iter().all(|(controller, _)| *controller != first)
    }
}

/// Works out who is answerable for what is in these places.
///
/// `office` is the controller of the office that the request concerns, where there is one; `first` is the
/// organisation's first controller, which is answerable for what no office holds. Without any place the first
/// controller is.
///
/// Of joint arrangements the first decides who answers: the law lets the person turn to any of them all the same
/// (Art 26(3) UK GDPR).
#[must_use]
pub fn answerable<'a>(
    places: &[Place<'a>],
    office: Option<&'a str>,
    arrangements: &[Arrangement<'a>],
    first: &'a str,
) -> Answerable<'a> {
    let own = office.unwrap_or(first);
    let mut joint: Vec<&str> = Vec::new();
    let mut alone: Vec<(&str, Vec<&str>)> = Vec::new();
    for place in places {
        let footings: &[Footing<'_>] =
            if place.footings.is_empty() { &[Footing::EachOffice] } else { &place.footings };
        // Where each office keeps its own, the office's own is meant; another controller's part is that controller's.
        let offices_own = office.is_some() && footings.contains(&Footing::EachOffice);
        for footing in footings {
            match footing {
                Footing::Sole(_) if offices_own => {}
                Footing::Joint(id) if joint.contains(id) => {}
                Footing::Joint(id) => joint.push(id),
                Footing::Sole(id) => stand(&mut alone, id, place.id),
                Footing::EachOffice => stand(&mut alone, own, place.id),
            }
        }
    }
    if joint.is_empty() && alone.is_empty() {
        alone.push((own, Vec::new()));
    }
    let arrangement = joint.iter().find_map(|id| arrangements.iter().find(|a| a.id == *id));
    let answers = arrangement.map_or_else(|| of_those_alone(&alone, own), |a| of_those_jointly(a, office));
    Answerable { joint, alone, answers }
}

fn stand<'a>(alone: &mut Vec<(&'a str, Vec<&'a str>)>, controller: &'a str, place: &'a str) {
    let known = alone.iter().position(|(id, _)| *id == controller);
    match known.and_then(|at| alone.get_mut(at)) {
        Some((_, places)) if places.contains(&place) => {}
        Some((_, places)) => places.push(place),
        None => alone.push((controller, vec![place])),
    }
}

fn of_those_alone<'a>(alone: &[(&'a str, Vec<&'a str>)], own: &'a str) -> &'a str {
    let is_own = alone.iter().any(|(id, _)| *id == own);
    if is_own { own } else { alone.first().map_or(own, |(id, _)| id) }
}

fn of_those_jointly<'a>(arrangement: &Arrangement<'a>, office: Option<&'a str>) -> &'a str {
    match arrangement.answering {
        Answering::One(id) => id,
        Answering::OfficeElse(id) => office.filter(|own| arrangement.controllers.contains(own)).unwrap_or(id),
    }
}
