//! Running the network.

use counterfoil_domain::access::{Role, RoleSet};
use counterfoil_domain::casebook::adherence::Adherence;
use counterfoil_domain::ids::{CaseId, EntryOfCaseId, OfficeId, StaffId};
use counterfoil_service::network::{self, Joiner, Network, NewPartnership, OfficeLine, Work};
use counterfoil_service::rights::Desk;
use counterfoil_service::store::StoreError;
use counterfoil_service::{Result, ServiceError};

use super::sheet::{Block, Button, Cell, Choice, Field, Form, Sheet, choice, english, key, plain};
use super::{Done, chosen, date, go, id, labels, needed_date, unknown_deed};
use crate::forms::Fields;

const AT: &str = "/staff/network";

/// `GET /staff/network`
pub(super) fn build(desk: &Desk<'_>, _: &[String], typed: &Fields) -> Result<Sheet> {
    let network = network::overview(desk)?;
    let offices = desk.store.offices(desk.controller())?;
    let names = offices.into_iter().map(|o| (o.id, o.name)).collect::<Vec<_>>();
    Ok(draw(&network, &names, typed))
}

type Names = [(OfficeId, String)];

fn named(names: &Names, id: OfficeId) -> String {
    names.iter().find(|(o, _)| *o == id).map(|(_, n)| n.clone()).unwrap_or_default()
}

fn draw(network: &Network, names: &Names, typed: &Fields) -> Sheet {
    let mut sheet = Sheet::new("book.network.title");
    if network.whole {
        sheet = offices(sheet, network);
        sheet = arrangements(sheet, network, names);
    }
    sheet = accounts(sheet, network, names);
    forms(sheet, network, names, typed)
}

fn offices(sheet: Sheet, network: &Network) -> Sheet {
    let rows = network.offices.iter().map(office_row).collect();
    let columns =
        ["book.column.office", "book.column.adherence", "book.column.staff", "book.column.deviations"];
    sheet.para("book.network.lead").head("offices", "book.network.offices").table(
        "book.network.offices",
        &columns,
        rows,
        "book.none",
    )
}

fn office_row(line: &OfficeLine) -> Vec<Cell> {
    let ends = match &line.until {
        Some(until) => english(format!("until {} ({})", until.day, until.why)),
        None => key("book.network.not_recorded"),
    };
    let (words, colour) =
        if line.adherent { ("book.network.adherent", "green") } else { ("book.network.lapsed", "red") };
    let untrained = if line.untrained > 0 {
        format!("{} without current training", line.untrained)
    } else {
        String::new()
    };
    vec![
        Cell::new(plain(line.office.name.clone())),
        Cell::new(key(words)).tag(colour).note(ends),
        Cell::new(plain(line.staff.to_string())).note(english(untrained)),
        Cell::new(if line.deviations.is_empty() {
            key("book.network.as_template")
        } else {
            english(line.deviations.join("; "))
        }),
    ]
}

fn arrangements(sheet: Sheet, network: &Network, names: &Names) -> Sheet {
    let joint = network.joint.iter().map(|j| {
        vec![
            Cell::new(english(j.name.clone())).note(plain(j.reference.clone())),
            Cell::new(english(j.controllers.join("; "))),
            Cell::new(english(j.answers_requests.clone())),
            Cell::new(english(j.notifies.clone())),
            Cell::when_if(j.review),
        ]
    });
    let columns = [
        "book.column.arrangement",
        "book.column.controllers",
        "book.column.answers",
        "book.column.notifies",
        "book.column.review",
    ];
    let partners = network.partnerships.iter().map(|p| {
        let end = Button::new("end-partnership", key("book.network.end"))
            .quiet()
            .of(p.reference.clone())
            .with("partnership", p.id);
        vec![
            Cell::new(plain(p.reference.clone())).note(plain(p.about.clone())),
            Cell::new(plain(format!("{}, {}", named(names, p.offices.0), named(names, p.offices.1)))),
            Cell::when(p.until),
            if p.ended_at.is_none() {
                Cell::buttons(AT, vec![end])
            } else {
                Cell::when_if(p.ended_at).note(key("book.network.ended"))
            },
        ]
    });
    let incidents = network.incidents.iter().map(|i| {
        vec![
            Cell::new(plain(i.reference.clone())),
            Cell::new(plain(named(names, i.office))),
            Cell::when(i.opened_at),
        ]
    });
    sheet
        .head("joint", "book.network.joint")
        .table("book.network.joint", &columns, joint.collect(), "book.network.no_joint")
        .head("partnerships", "book.network.partnerships")
        .table(
            "book.network.partnerships",
            &["book.column.reference", "book.column.offices", "book.column.until", "book.column.next"],
            partners.collect(),
            "book.network.no_partnerships",
        )
        .head("incidents", "book.network.incidents")
        .table(
            "book.network.incidents",
            &["book.column.reference", "book.column.office", "book.column.since"],
            incidents.collect(),
            "book.network.no_incidents",
        )
}

fn accounts(sheet: Sheet, network: &Network, names: &Names) -> Sheet {
    let rows = network.accounts.iter().map(|(a, left)| {
        let work = left.cases + left.tasks;
        let (words, colour) = match (a.active, work) {
            (true, _) => ("book.network.open", "green"),
            (false, 0) => ("book.network.closed", "grey"),
            (false, _) => ("book.network.leaves_work", "orange"),
        };
        vec![
            Cell::new(plain(a.text.name.clone()))
                .to(format!("{AT}/accounts/{}", a.id))
                .note(plain(named(names, a.office))),
            Cell::new(english(labels::roles(a.roles.iter()))),
            Cell::when_if(a.training_until),
            Cell::new(key(words))
                .tag(colour)
                .note(english(format!("{} cases, {} tasks", left.cases, left.tasks))),
        ]
    });
    let columns = ["book.column.name", "book.column.roles", "book.column.training", "book.column.status"];
    sheet.head("accounts", "book.network.accounts").table(
        "book.network.accounts",
        &columns,
        rows.collect(),
        "book.network.no_accounts",
    )
}

fn office_choices(names: &Names) -> Vec<Choice> {
    let first = std::iter::once(choice("", key("book.choose")));
    first.chain(names.iter().map(|(id, name)| choice(id.to_string(), plain(name.clone())))).collect()
}

fn role_choices() -> Vec<Choice> {
    Role::ALL.iter().map(|r| choice(r.as_str(), english(r.as_str().replace('-', " ")))).collect()
}

fn forms(sheet: Sheet, network: &Network, names: &Names, typed: &Fields) -> Sheet {
    let doing = typed.get("do").to_owned();
    let account = Form::new(
        "account",
        AT,
        vec![
            Field::line("staff_name", typed, ""),
            Field::line("sign_in", typed, ""),
            Field::select("office", typed, "", office_choices(names)),
            Field::boxes("roles", typed, &[], role_choices()),
            Field::date("trained_on", typed, None),
        ],
        Button::new("account", key("book.network.add_account")),
    );
    let sheet = sheet
        .head("change", "book.network.change")
        .form(account.folded("book.network.add_account", doing == "account"));
    if !network.whole {
        return sheet;
    }
    let (adherence, partnership) = (adherence_form(names, typed), partnership_form(names, typed));
    let divisions = ["england-and-wales", "scotland", "northern-ireland"];
    let office = Form::new(
        "office",
        AT,
        vec![
            Field::line("office_name", typed, ""),
            Field::select(
                "division",
                typed,
                "england-and-wales",
                divisions.map(|d| choice(d, english(d.replace('-', " ")))).into(),
            ),
            Field::line("language", typed, "en").narrow().hint("book.hint.language"),
        ],
        Button::new("office", key("book.network.add_office")),
    );
    sheet
        .form(adherence.folded("book.network.record", doing == "adherence"))
        .form(partnership.folded("book.network.add_partnership", doing == "partnership"))
        .form(office.folded("book.network.add_office", doing == "office"))
}

fn adherence_form(names: &Names, typed: &Fields) -> Form {
    Form::new(
        "adherence",
        AT,
        vec![
            Field::select("office", typed, "", office_choices(names)),
            Field::line("agreement", typed, "").narrow().hint("book.hint.agreement"),
            Field::date("signed_on", typed, None),
            Field::date("training_on", typed, None),
            Field::date("reviewed_on", typed, None),
            Field::date("next_review", typed, None),
        ],
        Button::new("adherence", key("book.network.record")),
    )
}

fn partnership_form(names: &Names, typed: &Fields) -> Form {
    Form::new(
        "partnership",
        AT,
        vec![
            Field::select("office", typed, "", office_choices(names)),
            Field::select("other_office", typed, "", office_choices(names)),
            Field::line("partnership_reference", typed, "").narrow(),
            Field::line("about", typed, ""),
            Field::date("from", typed, None),
            Field::date("until", typed, None),
        ],
        Button::new("partnership", key("book.network.add_partnership")),
    )
}

fn roles(fields: &Fields) -> RoleSet {
    fields.all("roles").filter_map(|r| r.parse::<Role>().ok()).collect()
}

/// `POST /staff/network`
pub(super) fn act(desk: &Desk<'_>, _: &[String], fields: &Fields) -> Result<Done> {
    let text = |name: &str| fields.get(name).to_owned();
    match fields.get("do") {
        "adherence" => {
            let dates = Adherence {
                agreement: text("agreement"),
                signed_on: needed_date(fields, "signed_on")?,
                training_on: needed_date(fields, "training_on")?,
                reviewed_on: needed_date(fields, "reviewed_on")?,
                next_review: needed_date(fields, "next_review")?,
            };
            network::record_adherence(desk, chosen(fields, "office")?, &dates)?;
        }
        "partnership" => {
            let new = NewPartnership {
                offices: (chosen(fields, "office")?, chosen(fields, "other_office")?),
                reference: text("partnership_reference"),
                about: text("about"),
                from: needed_date(fields, "from")?,
                until: needed_date(fields, "until")?,
            };
            network::add_partnership(desk, &new)?;
        }
        "end-partnership" => network::end_partnership(desk, chosen(fields, "partnership")?)?,
        "office" => {
            network::add_office(
                desk,
                fields.get("office_name"),
                fields.get("division"),
                fields.get("language"),
            )?;
        }
        "account" => {
            let joiner = Joiner {
                office: chosen(fields, "office")?,
                name: text("staff_name"),
                sign_in: text("sign_in"),
                roles: roles(fields),
                trained_on: date(fields, "trained_on")?,
            };
            network::add_account(desk, &joiner)?;
        }
        _ => return Err(unknown_deed()),
    }
    go(AT)
}

/// `GET /staff/network/accounts/{id}`
pub(super) fn build_account(desk: &Desk<'_>, ids: &[String], typed: &Fields) -> Result<Sheet> {
    let staff: StaffId = id(ids, 0)?;
    let network = network::overview(desk).map(|n| n.accounts);
    let found = match network {
        Ok(accounts) => accounts.into_iter().find(|(a, _)| a.id == staff).map(|(a, _)| a),
        // A supervisor shares out a colleague's work without administering the account.
        Err(ServiceError::Store(StoreError::Refused { .. })) => None,
        Err(e) => return Err(e),
    };
    let all = desk.store.accounts(desk.controller())?;
    let account = all.iter().find(|a| a.id == staff).ok_or(StoreError::NotFound("account"))?;
    let work = network::work_of(desk, staff)?;
    if found.is_none() && work.cases.is_empty() && work.tasks.is_empty() {
        return Err(StoreError::NotFound("account").into());
    }
    let colleagues = all.iter().filter(|a| a.office == account.office && a.active && a.id != staff);
    let first = std::iter::once(choice("", key("book.choose")));
    let colleagues =
        first.chain(colleagues.map(|a| choice(a.id.to_string(), plain(a.text.name.clone())))).collect();
    let roles: Vec<&str> = account.roles.iter().map(Role::as_str).collect();
    let view = Account {
        id: staff,
        name: &account.text.name,
        active: account.active,
        roles,
        administered: found.is_some(),
    };
    Ok(account_page(&view, &work, colleagues, typed))
}

struct Account<'a> {
    id: StaffId,
    name: &'a str,
    active: bool,
    roles: Vec<&'static str>,
    administered: bool,
}

fn account_page(account: &Account<'_>, work: &Work, colleagues: Vec<Choice>, typed: &Fields) -> Sheet {
    let at = format!("{AT}/accounts/{}", account.id);
    let mut sheet = Sheet::new("book.account.title")
        .back(AT, "book.network.title")
        .heading(plain(account.name))
        .tag_if(!account.active, "book.network.closed", "grey");
    let shown = |name: &Option<String>| {
        name.clone().filter(|n| !n.is_empty()).unwrap_or_else(|| "anonymous".to_owned())
    };
    let cases = work.cases.iter().map(|(w, name)| {
        choice(format!("case {}", w.id), english(format!("Case of {}: {}", shown(name), w.issue)))
    });
    let tasks = work.tasks.iter().map(|t| choice(format!("task {}", t.id), plain(labels::line(t))));
    let items: Vec<Choice> = cases.chain(tasks).collect();
    if items.is_empty() {
        sheet = sheet.para("book.account.no_work");
    } else {
        let all: Vec<String> = items.iter().map(|i| i.value.clone()).collect();
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        let fields =
            vec![Field::boxes("items", typed, &all, items), Field::select("to", typed, "", colleagues)];
        sheet = sheet.head("work", "book.account.work").form(Form::new(
            "work",
            at.clone(),
            fields,
            Button::new("reassign", key("book.account.reassign")),
        ));
    }
    if !account.administered || !account.active {
        return sheet;
    }
    let fields = vec![
        Field::boxes("roles", typed, &account.roles, role_choices()),
        Field::date("trained_on", typed, None),
    ];
    sheet
        .head("account", "book.account.account")
        .form(Form::new("account", at.clone(), fields, Button::new("change", key("book.save"))))
        .add(Block::Inset { text: key("book.account.close_lead") })
        .form(Form::new("close", at, Vec::new(), Button::new("close", key("book.account.close")).quiet()))
}

/// `POST /staff/network/accounts/{id}`
pub(super) fn act_account(desk: &Desk<'_>, ids: &[String], fields: &Fields) -> Result<Done> {
    let staff: StaffId = id(ids, 0)?;
    match fields.get("do") {
        "change" => network::change_account(desk, staff, roles(fields), date(fields, "trained_on")?)?,
        "close" => {
            network::close_account(desk, staff)?;
        }
        "reassign" => {
            let of = |kind: &'static str| {
                fields
                    .all("items")
                    .filter_map(move |i| i.strip_prefix(kind).map(str::trim).map(str::to_owned))
            };
            let cases: Vec<CaseId> = of("case").filter_map(|i| i.parse().ok()).collect();
            let tasks: Vec<EntryOfCaseId> = of("task").filter_map(|i| i.parse().ok()).collect();
            network::reassign(desk, &cases, &tasks, chosen(fields, "to")?)?;
        }
        _ => return Err(unknown_deed()),
    }
    go(format!("{AT}/accounts/{staff}"))
}

/// What the pages look like.
pub(super) fn samples() -> Vec<Sheet> {
    let (network, names) = super::samples::network();
    let bare = Network { whole: false, ..network.clone() };
    let typed = Fields::default();
    let id = StaffId::from_bytes([4; 16]);
    let of = |administered, active| Account { id, name: "Ada", active, roles: vec!["adviser"], administered };
    let work = super::samples::work();
    vec![
        draw(&network, &names, &typed),
        draw(&bare, &names, &typed),
        account_page(&of(true, true), &work, vec![choice("", key("book.choose"))], &typed),
        account_page(&of(false, false), &Work::default(), Vec::new(), &typed),
    ]
}
