//! Every route × role × office relation with the expected answer. The routes come from the routers themselves, the
//! expectations from `tests/routes.toml`; a route that is not in the table is for nobody, and the test says so.
//! The same table is written out for readers as `docs/security/routes.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use axum::body::Body;
use axum::http::{Request, header};
use counterfoil_domain::access::Role;
use counterfoil_domain::access::sections::Section;
use counterfoil_domain::ids::PersonId;
use counterfoil_service::letters::{self, LetterKind, Points, Sending, Way};
use counterfoil_service::register::keep;
use counterfoil_service::rights::sources::{self, NewQuestion};
use counterfoil_service::sharing::disclose::{self, Proposal, TellingChoice};
use counterfoil_service::sharing::permissions::{self, Giving};
use counterfoil_service::sharing::{ConsentPurpose, DisclosureText, Given, refer};
use counterfoil_web::forms;
use jiff::civil::date;
use serde::Deserialize;
use tower::ServiceExt as _;

use crate::live::{House, Side};
use crate::support::encode;

const TABLE: &str = include_str!("../routes.toml");
const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/security/routes.md");

/// Whose a thing is, seen from the member of staff.
const RELATIONS: [&str; 3] = ["own office", "another office", "another organisation"];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    /// Groups of visitors, by what they open.
    who: BTreeMap<String, Who>,
    group: Vec<Routes>,
}

/// Who is let in, by whose the thing is, and what everyone else is answered.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Who {
    about: String,
    /// Roles, `staff` for all of them, `public`, `signed-out`, or `*` for everyone.
    own: Vec<String>,
    other: Vec<String>,
    elsewhere: Vec<String>,
    /// What those who are let in are answered.
    answer: String,
    /// What other staff are answered, about the own organisation's things and another's.
    otherwise: String,
    otherwise_elsewhere: String,
    /// What whoever is not signed in is answered.
    outside: String,
    /// Who is answered otherwise than all this says.
    except: BTreeMap<String, [String; 3]>,
}

impl Default for Who {
    fn default() -> Self {
        Self {
            about: String::new(),
            own: Vec::new(),
            other: Vec::new(),
            elsewhere: Vec::new(),
            answer: "opens".into(),
            otherwise: "forbidden".into(),
            otherwise_elsewhere: "not found".into(),
            outside: "to sign in".into(),
            except: BTreeMap::new(),
        }
    }
}

impl Who {
    /// The expected answer.
    fn expects(&self, visitor: &str, relation: usize) -> &str {
        if let Some(answers) = self.except.get(visitor) {
            return &answers[relation];
        }
        let outside = matches!(visitor, "public" | "signed-out");
        let among = [&self.own, &self.other, &self.elsewhere][relation];
        let named = |name: &String| name == visitor || name == "*" || (name == "staff" && !outside);
        match () {
            () if among.iter().any(named) => &self.answer,
            () if outside => &self.outside,
            () if relation == 2 => &self.otherwise_elsewhere,
            () => &self.otherwise,
        }
    }
}

/// The routes of a group: `get /staff`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Routes {
    who: String,
    routes: Vec<String>,
}

/// The routes with their methods, as the routers tell them: `RouteId(1): MethodRouter(… allow_header: Bytes(b"GET,HEAD")`
/// for each, and `RouteId(1): "/address"`.
fn told(debug: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut found = BTreeMap::new();
    for router in debug.lines() {
        let (mut methods, mut paths) = (BTreeMap::new(), BTreeMap::new());
        let router = router.split("fallback_router").next().unwrap();
        for entry in router.split("RouteId(").skip(1) {
            let Some((id, rest)) = entry.split_once("): ") else { continue };
            if let Some(path) = rest.strip_prefix('"') {
                paths.insert(id, path.split('"').next().unwrap().to_owned());
            } else if let Some((_, allowed)) = rest.split_once("allow_header: Bytes(b\"") {
                let allowed = allowed.split('"').next().unwrap().split(',').filter(|m| *m != "HEAD");
                methods.insert(id, allowed.map(str::to_lowercase).collect::<BTreeSet<_>>());
            }
        }
        assert_eq!(paths.len(), methods.len(), "the framework tells its routes otherwise now: mend `told`");
        found.extend(paths.into_iter().map(|(id, path)| (path, methods[id].clone())));
    }
    found
}

/// What stands in an address for a thing of each kind, on one side and in one office.
#[derive(Debug)]
struct Things {
    person: PersonId,
    known: BTreeMap<&'static str, String>,
}

const NONE: &str = "01932f0c5e7a7c3f9d2b6a1e4f508192";

fn things(side: &Side, office: usize, requests: usize) -> Things {
    let (person, case, note, document) = side.person(office);
    let mut reference = String::new();
    for _ in 0..requests {
        reference = side.request(office, person);
    }
    let mut known = BTreeMap::from([
        ("person", person.to_string()),
        ("case", case.to_string()),
        ("note", note),
        ("document", document),
        ("call", side.call(office)),
    ]);
    let (letter, source, link) = side.act(office, Role::IgOfficer, |desk| {
        let draft =
            letters::draft(desk, &reference, LetterKind::Acknowledgement, &Points::default()).unwrap();
        let sending = Sending { way: Way::Print, to: "3 Kiln Row".into() };
        let letter = letters::send(desk, &reference, &draft, &sending).unwrap();
        let plan = sources::plan(desk, &reference).unwrap();
        let asked = plan.sources.iter().find(|s| s.kind == "system").expect("a system to ask about");
        let new = NewQuestion {
            source: asked.source.clone(),
            name: "Dewi Rees".into(),
            email: "dewi@mail.example".into(),
            question: "What do you hold?".into(),
            whom: "Wilfred Ashgrove".into(),
            known_by: String::new(),
            period: String::new(),
            due_on: date(2026, 12, 1),
        };
        let link = sources::ask_colleague(desk, &reference, &new).unwrap();
        (letter.to_string(), asked.key.clone(), link)
    });
    known.extend([("letter", letter), ("source", source), ("link", link), ("request", reference)]);
    known.insert("account", side.staff[&(office, Role::Adviser)].to_string());
    known.insert("activity", activity(side));
    let mut things = Things { person, known };
    things.share(side, office);
    things
}

/// The first activity of the register.
fn activity(side: &Side) -> String {
    let register = keep::current(&side.live.store, side.controller()).unwrap().expect("a register");
    register.part.activity[0].id.clone()
}

fn words(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
}

/// A consent to be referred.
fn consent() -> Giving {
    Giving {
        purpose: Some(ConsentPurpose::Referral),
        parties: vec!["referral-partners".into()],
        fields: ["name".to_owned(), "telephone".to_owned()].into_iter().collect(),
        given: Some(Given::InPerson),
        language: "en".into(),
        evidence: "said at the desk".into(),
        ..Giving::default()
    }
}

/// A disclosure that waits for nobody: somebody may be hurt tonight.
fn disclosure() -> Proposal {
    Proposal {
        text: DisclosureText {
            ground: "immediate-harm".into(),
            recipient: "safeguarding".into(),
            purpose: "to find him before he is hurt".into(),
            evidence: words(&[
                ("risk", "said that he will not see tomorrow"),
                ("immediate", "yes"),
                ("serious", "yes"),
                ("why_serious", "his life"),
                ("proportionate", "yes"),
            ]),
            ..DisclosureText::default()
        },
        content: words(&[("name", "Wilfred Ashgrove"), ("address", "3 Kiln Row"), ("situation", "alone")]),
        telling: TellingChoice {
            how: "after".into(),
            on: Some(date(2026, 11, 30)),
            because: "no time".into(),
        },
        ..Proposal::default()
    }
}

impl Things {
    /// A consent, a referral and a disclosure that nobody has used up. What another organisation has no partners for
    /// keeps an id of nothing.
    fn share(&mut self, side: &Side, office: usize) {
        let person = self.person;
        let drafting = refer::Drafting {
            recipient: "referral-partners".into(),
            reason: "a food parcel".into(),
            fields: words(&[("name", "Wilfred Ashgrove")]),
            case: None,
        };
        let made = side.act(office, Role::Adviser, |desk| {
            [
                ("permission", "prm", permissions::give(desk, person, &consent()).map(|r| r.id.to_string())),
                ("referral", "ref", refer::draft(desk, person, &drafting).map(|id| id.to_string())),
                (
                    "disclosure",
                    "dis",
                    disclose::make(desk, person, &disclosure()).map(|a| a.id().to_string()),
                ),
            ]
        });
        for (kind, prefix, id) in made {
            self.known.insert(kind, id.unwrap_or_else(|_| format!("{prefix}_{NONE}")));
        }
    }

    /// The address of a route for these things.
    fn address(&self, route: &str) -> String {
        let mut before = String::new();
        let mut address = String::new();
        for part in route.split('/').skip(1) {
            let value = match part.strip_prefix('{') {
                None => part.to_owned(),
                Some(name) => self.value(&before, name.trim_end_matches('}')),
            };
            before = part.to_owned();
            write!(address, "/{value}").unwrap();
        }
        if address.is_empty() { "/".to_owned() } else { address }
    }

    fn value(&self, before: &str, name: &str) -> String {
        let known = |kind: &str| self.known[kind].clone();
        match (before, name) {
            ("people", _) | ("person", "id") => known("person"),
            ("cases" | "send", _) => known("case"),
            ("notes", _) => known("note"),
            ("documents", _) => known("document"),
            ("requests", _) => known("request"),
            ("letters", "letter") => known("letter"),
            ("sources", _) => known("source"),
            ("answer", _) => known("link"),
            ("permissions", _) => known("permission"),
            ("referrals", _) => known("referral"),
            ("disclosures", _) => known("disclosure"),
            ("accounts", _) => known("account"),
            ("items", "id") => known("call"),
            ("new", "kind") => "acknowledgement".to_owned(),
            ("right", "deed") => "facts".to_owned(),
            ("activities", _) => known("activity"),
            ("files", _) => "services.toml".to_owned(),
            ("record", _) => "record.csv".to_owned(),
            ("receipt", _) => "entry.json".to_owned(),
            ("papers", "what") => "identity".to_owned(),
            ("papers", _) => NONE.to_owned(),
            ("mail", _) => format!("mai_{NONE}"),
            ("holds", _) => format!("hld_{NONE}"),
            ("runs", _) => "D-2026-00001".to_owned(),
            ("privacy", _) => "general-advice".to_owned(),
            ("office", _) => "weir-street".to_owned(),
            ("forms", _) => "any".to_owned(),
            ("assets", _) => "app.css".to_owned(),
            ("review" | "items" | "parts", _) => "1".to_owned(),
            _ => "nothing".to_owned(),
        }
    }
}

/// Who visits.
#[derive(Debug, Clone)]
enum Visitor {
    /// Somebody of the own office, signed in with one role: their session's token.
    Staff(String),
    /// Whoever opens the site without signing in.
    Public,
    /// Somebody whose session has ended.
    SignedOut,
}

impl Visitor {
    fn cookie(&self) -> String {
        match self {
            Self::Staff(token) => format!("session={token}"),
            Self::Public => format!("form={}", "b".repeat(64)),
            Self::SignedOut => format!("session={}", "a".repeat(64)),
        }
    }

    /// What its forms' tokens are made from.
    fn secret(&self) -> String {
        match self {
            Self::Staff(token) => token.clone(),
            Self::Public => "b".repeat(64),
            Self::SignedOut => "a".repeat(64),
        }
    }
}

/// Forms that bring files.
const WITH_FILES: [&str; 6] = [
    "/follow/question",
    "/follow/papers/{what}",
    "/staff/cases/{id}/documents",
    "/staff/inbox/log",
    "/answer/{link}",
    "/staff/requests/{id}/sources/{source}",
];

fn request(route: &str, address: &str, method: &str, visitor: &Visitor) -> Request<Body> {
    let request = Request::builder().method(method.to_uppercase().as_str()).uri(address);
    let request = request.header("sec-fetch-site", "same-origin").header(header::COOKIE, visitor.cookie());
    let token = forms::token(&visitor.secret());
    let api = address.starts_with("/api/");
    let request = match visitor {
        Visitor::Staff(session) if api => request.header(header::AUTHORIZATION, format!("Bearer {session}")),
        _ => request,
    };
    if api {
        return request.header(header::CONTENT_TYPE, "application/json").body(Body::from("{}")).unwrap();
    }
    if WITH_FILES.contains(&route) {
        let body =
            format!("--x\r\ncontent-disposition: form-data; name=\"form_token\"\r\n\r\n{token}\r\n--x--\r\n");
        return request
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x")
            .body(Body::from(body))
            .unwrap();
    }
    let form = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    form.body(Body::from(encode(&[("form_token", &token)]))).unwrap()
}

/// The class of an answer. A form that comes back to be mended was opened, like one that was done.
fn class(status: u16, location: &str) -> String {
    match status {
        _ if location.contains("/staff/sign-in") || location.contains("/follow?ended") => "to sign in",
        401 => "to sign in",
        403 => "forbidden",
        404 | 410 => "not found",
        200..=399 | 409 | 422 => "opens",
        400 | 415 => "not understood",
        429 => "too many",
        _ => return format!("fault {status}"),
    }
    .to_owned()
}

fn visitors(house: &House) -> Vec<Visitor> {
    let staff = Role::ALL.iter().map(|role| Visitor::Staff(house.session(*role)));
    staff.chain([Visitor::Public, Visitor::SignedOut]).collect()
}

/// Doors that let only so many tries through in a time.
fn has_a_limit(route: &str, method: &str) -> bool {
    let doors = [
        "/answer/",
        "/ask",
        "/choices",
        "/enquiry",
        "/follow",
        "/refer",
        "/staff/sign-in",
        "/api/v1/sign-in",
    ];
    let looks = method == "get" && !route.starts_with("/answer/");
    !looks && doors.iter().any(|door| route.starts_with(door))
}

/// The answers of one route and method: a row for each visitor, a cell for each relation.
type Rows = Vec<[String; 3]>;

/// Goes to every route as every visitor, to a thing of each relation: first looks, then sends forms.
async fn walk(
    house: &House,
    routes: &BTreeMap<String, BTreeSet<String>>,
) -> BTreeMap<(String, String), Rows> {
    let sides = [(&house.own, 0), (&house.own, 1), (&house.other, 0)];
    // The other organisation's reference is one that ours has not given out.
    let mut relations = [things(&house.own, 0, 1), things(&house.own, 1, 1), things(&house.other, 0, 4)];
    let mut visitors = visitors(house);
    let mut seen = BTreeMap::new();
    let all = || routes.iter().flat_map(|(route, methods)| methods.iter().map(move |m| (route, m)));
    let looks = all().filter(|(_, m)| *m == "get");
    let deeds = all().filter(|(_, m)| *m != "get");
    for (route, method) in looks {
        seen.insert((route.clone(), method.clone()), look(house, route, &visitors, &relations).await);
        if has_a_limit(route, method) {
            house.world.pass(3600);
            visitors = self::visitors(house);
        }
    }
    for (route, method) in deeds {
        let limited = has_a_limit(route, method);
        let addresses = relations.each_ref().map(|things| things.address(route));
        let mut rows = Rows::new();
        for visitor in &visitors {
            let mut row: [String; 3] = Default::default();
            for (n, things) in relations.iter_mut().enumerate() {
                // Without an id of a thing in the address the three are one.
                if n > 0 && alike(&addresses) {
                    row[n] = row[0].clone();
                    continue;
                }
                // What one visitor sends or withdraws is gone for the next.
                if ["{permission}", "{referral}", "{disclosure}"].iter().any(|p| route.contains(p)) {
                    things.share(sides[n].0, sides[n].1);
                }
                let request = request(route, &things.address(route), method, visitor);
                row[n] = answered(house.world.app.clone(), request).await;
                // The next try at a door with a limit is much later.
                house.world.pass(if limited { 60 } else { 0 });
            }
            rows.push(row);
        }
        seen.insert((route.clone(), method.clone()), rows);
        // Meanwhile everyone would have been signed out; and somebody has signed themselves out.
        if limited || route == "/staff/sign-out" {
            visitors = self::visitors(house);
        }
    }
    seen
}

/// Everybody looks at once: looking changes nothing.
async fn look(house: &House, route: &str, visitors: &[Visitor], relations: &[Things; 3]) -> Rows {
    let mut rows = vec![<[String; 3]>::default(); visitors.len()];
    let mut looking = tokio::task::JoinSet::new();
    let addresses = relations.each_ref().map(|things| things.address(route));
    for (v, visitor) in visitors.iter().enumerate() {
        for (n, address) in addresses.iter().enumerate().filter(|(n, _)| *n == 0 || !alike(&addresses)) {
            let request = request(route, address, "get", visitor);
            let app = house.world.app.clone();
            looking.spawn(async move { (v, n, answered(app, request).await) });
        }
        // So many may try at once, and no more.
        if has_a_limit(route, "get") && v % 5 == 4 {
            looking = settle(looking, &mut rows).await;
            house.world.pass(600);
        }
    }
    settle(looking, &mut rows).await;
    if alike(&addresses) {
        for row in &mut rows {
            (row[1], row[2]) = (row[0].clone(), row[0].clone());
        }
    }
    rows
}

fn alike(addresses: &[String; 3]) -> bool {
    addresses.iter().all(|address| *address == addresses[0])
}

type Looking = tokio::task::JoinSet<(usize, usize, String)>;

async fn settle(mut looking: Looking, rows: &mut Rows) -> Looking {
    while let Some(done) = looking.join_next().await {
        let (v, n, answer) = done.unwrap();
        rows[v][n] = answer;
    }
    looking
}

async fn answered(app: axum::Router, request: Request<Body>) -> String {
    let response = app.oneshot(request).await.unwrap();
    let location = response.headers().get(header::LOCATION).map_or("", |l| l.to_str().unwrap_or(""));
    class(response.status().as_u16(), location)
}

fn names() -> Vec<&'static str> {
    Role::ALL.iter().map(|role| role.as_str()).chain(["public", "signed-out"]).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_answers_every_role_as_the_table_says() {
    let table: Table = toml::from_str(TABLE).unwrap();
    let house = House::new();
    let routes = told(&counterfoil_web::routing(&house.site));
    assert!(
        routes.len() > 100 && routes.contains_key("/staff/requests/{id}"),
        "the routes are read: {routes:?}"
    );
    let mut wrong = Vec::new();
    let groups: BTreeMap<&str, &Who> =
        table.group.iter().flat_map(|g| g.routes.iter().map(|r| (r.as_str(), &table.who[&g.who]))).collect();
    let listed: usize = table.group.iter().map(|g| g.routes.len()).sum();
    assert_eq!(groups.len(), listed, "a route stands twice in the table");
    let known: BTreeSet<String> = routes
        .iter()
        .flat_map(|(route, methods)| methods.iter().map(move |m| format!("{m} {route}")))
        .collect();
    wrong.extend(
        known
            .iter()
            .filter(|r| !groups.contains_key(r.as_str()))
            .map(|r| format!("not in the table, so for nobody: {r}")),
    );
    wrong.extend(groups.keys().filter(|r| !known.contains(**r)).map(|r| format!("no such route: {r}")));
    for ((route, method), rows) in walk(&house, &routes).await {
        let Some(who) = groups.get(format!("{method} {route}").as_str()) else { continue };
        for (name, row) in names().into_iter().zip(&rows) {
            for (n, answer) in row.iter().enumerate() {
                let expected = who.expects(name, n);
                if answer != expected {
                    wrong.push(format!(
                        "{method} {route}, {name}, {}: {answer}, not {expected}",
                        RELATIONS[n]
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The table for readers: each group with its answers, and its routes.
fn page(table: &Table) -> String {
    let mut out = String::from(
        "# Which route answers whom\n\nMade from `crates/web/tests/routes.toml` by the test that walks it (`crates/web/tests/all/routes.rs`): it asks the \
         site's own routers for their routes, goes to each as somebody of every role, as the public and as somebody \
         whose session has ended, to a thing of the own office, of another office and of another organisation, and \
         fails where the answer is another or a route is not in the table. Do not edit this page.\n\n*Opens* means that the page is \
         shown, or the form is read: done, or shown again with what is to be mended. *To sign in* means that \
         whoever comes is sent to the sign-in or, for a request of their own, to the door that asks for key and code. \
         What a form may do is decided \
         behind it by the gate, by the rules of [access-rules.md](access-rules.md), which have their own tests. The \
         three columns are the same where the address names nothing that belongs to an office.\n",
    );
    for (name, who) in &table.who {
        let routes: BTreeSet<&String> =
            table.group.iter().filter(|g| g.who == *name).flat_map(|g| &g.routes).collect();
        write!(out, "\n## {name}\n\nFor {}.\n\n", who.about).unwrap();
        writeln!(out, "| who | {} |\n|---|---|---|---|", RELATIONS.join(" | ")).unwrap();
        let mut rows: Vec<([&str; 3], Vec<&str>)> = Vec::new();
        for visitor in names() {
            let answers = [0, 1, 2].map(|n| who.expects(visitor, n));
            match rows.iter_mut().find(|(known, _)| *known == answers) {
                Some((_, visitors)) => visitors.push(visitor),
                None => rows.push((answers, vec![visitor])),
            }
        }
        for (answers, visitors) in rows {
            writeln!(out, "| {} | {} |", visitors.join(", "), answers.join(" | ")).unwrap();
        }
        out.push('\n');
        for route in routes {
            let (method, path) = route.split_once(' ').unwrap();
            writeln!(out, "* {} `{path}`", method.to_uppercase()).unwrap();
        }
    }
    out
}

#[test]
fn the_page_of_routes_is_current() {
    let page = page(&toml::from_str(TABLE).unwrap());
    if std::env::var_os("COUNTERFOIL_WRITE_PAGES").is_some() {
        std::fs::write(PAGE, &page).unwrap();
    }
    let kept = std::fs::read_to_string(PAGE).unwrap_or_default();
    assert!(
        kept == page,
        "docs/security/routes.md is of an older table: run this test with COUNTERFOIL_WRITE_PAGES=1"
    );
}

/// Every entry of a role's menu opens, and what is left out is not for them.
#[tokio::test(flavor = "multi_thread")]
async fn the_menu_shows_what_the_gate_opens_and_nothing_else() {
    let house = House::new();
    let all = Section::ALL.len();
    for role in Role::ALL {
        let cookie = house.cookie(*role);
        let page = house.world.get("/staff/register", &cookie).await;
        let menu = page.body.split("id=\"navigation\"").nth(1).unwrap().split("</ul>").next().unwrap();
        let entries: Vec<&str> =
            menu.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
        for entry in &entries {
            let opened = house.world.get(entry, &cookie).await;
            assert_eq!(opened.status.as_u16(), 200, "{role}: {entry}");
        }
        let expected: &[&str] = match role {
            Role::Adviser | Role::ProtectedAdviser => &["inbox", "work", "people"],
            Role::Supervisor => &["inbox", "work", "people", "disclosures", "access"],
            Role::Reception => &["inbox", "people"],
            Role::ComplaintsOfficer => &["work", "people"],
            Role::Auditor | Role::SystemOperator => &[],
            Role::IgOfficer => &["work", "", "disclosures"],
            Role::DataProtectionOfficer => &["disclosures", "access"],
            Role::OfficeManager => &["", "disclosures", "access", "network", "retention"],
            Role::RecordsManager => &["retention"],
            Role::NetworkAdministrator => &["network"],
        };
        let seen: BTreeSet<&str> =
            entries.iter().map(|e| e.trim_start_matches("/staff").trim_start_matches('/')).collect();
        let open_to_all = ["promises", "register"];
        let wanted: BTreeSet<&str> = expected.iter().chain(&open_to_all).copied().collect();
        assert_eq!(seen, wanted, "{role}");
        assert!(entries.len() < all, "{role}: nobody needs all {all}");
        // Signing in leads to the requests, or to the first entry of whoever has none.
        let home = house.world.get("/staff", &cookie).await;
        let first = if expected.contains(&"") { "" } else { entries[0] };
        assert_eq!(home.header("location"), first, "{role}");
    }
}
