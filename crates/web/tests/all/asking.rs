//! Making a request on the public pages: what was typed is never lost, and nothing is skipped.

use axum::http::StatusCode;

use crate::support::{Answer, FAULT, World};

/// Every hidden or chosen field of the page's form, as a browser would send it.
fn fields_of(page: &Answer) -> Vec<(String, String)> {
    let form = page.body.split_once("id=\"journey\"").expect("a journey's form").1;
    let form = form.split("</form>").next().unwrap();
    let value = |tag: &str, name: &str| {
        let rest = tag.split_once(&format!(" {name}=\""))?.1;
        Some(unescape(rest.split('"').next()?))
    };
    let mut fields = Vec::new();
    for tag in form.split('<').skip(1) {
        let (head, text) = tag.split_once('>').unwrap_or((tag, ""));
        let Some(name) = value(head, "name") else { continue };
        if head.starts_with("textarea") {
            fields.push((name, unescape(text.trim_start_matches('\n'))));
        } else if head.starts_with("input") && (!head.contains("radio") || head.contains(" checked")) {
            fields.push((name, value(head, "value").unwrap_or_default()));
        }
    }
    fields
}

fn unescape(text: &str) -> String {
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&#x2f;", "/"), ("&amp;", "&")]
        .into_iter()
        .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

struct Visitor {
    world: World,
    cookies: String,
    page: Answer,
}

impl Visitor {
    async fn arrive(address: &str) -> Self {
        let world = World::new();
        let page = world.get(address, "").await;
        Self { cookies: page.cookies(), world, page }
    }

    /// Fills in fields of the page and presses a button.
    async fn press(&mut self, address: &str, go: &str, typed: &[(&str, &str)]) {
        let mut fields = fields_of(&self.page);
        fields.retain(|(name, _)| !typed.iter().any(|(given, _)| given == name));
        fields.extend(typed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        fields.push(("go".into(), go.into()));
        let fields: Vec<_> = fields.iter().map(|(name, value)| (&**name, &**value)).collect();
        self.page = self.world.post(address, &self.cookies, &fields).await;
    }

    async fn go_on(&mut self, typed: &[(&str, &str)]) {
        self.press("/ask", "", typed).await;
        assert_eq!(self.page.status, StatusCode::OK, "{typed:?}: {}", self.page.body);
    }

    fn step(&self) -> String {
        let step = fields_of(&self.page).into_iter().find(|(name, _)| name == "step");
        step.map(|(_, value)| value).unwrap_or_default()
    }

    fn kept(&self, name: &str) -> String {
        let kept: Vec<_> = fields_of(&self.page).into_iter().filter(|(given, _)| given == name).collect();
        assert!(kept.len() <= 1, "{name} is sent twice");
        kept.into_iter().next().map(|(_, value)| value).unwrap_or_default()
    }

    /// As far as the check of the answers.
    async fn reach_the_check(&mut self, name: &str) {
        for typed in [
            &[("right", "rectification")][..],
            &[("whom", "self")],
            &[("wording", "My address is \"wrong\"\r\n& <old>.")],
            &[("name", name)],
            &[("known", "Tenancy 4471")],
            &[("reply", "email")],
            &[("email", "gethin@mail.example")],
            &[("format", "large-print")],
            &[("language", "cy")],
            &[("adjustments", "Call me after six")],
        ] {
            self.go_on(typed).await;
        }
        assert_eq!(self.step(), "check");
    }
}

#[tokio::test]
async fn a_request_goes_from_the_first_page_to_its_reference_and_date() {
    let mut visitor = Visitor::arrive("/ask").await;
    visitor.reach_the_check("Gethin Vaughan").await;
    for said in ["Gethin Vaughan", "gethin@mail.example", "Large print", "Tenancy 4471", "&lt;old&gt;"] {
        assert!(visitor.page.body.contains(said), "the check does not show `{said}`");
    }
    visitor.press("/ask", "send", &[]).await;
    assert_eq!(visitor.page.status, StatusCode::OK);
    for said in ["R-2026-00042", "Tuesday 22 December 2026"] {
        assert!(visitor.page.body.contains(said), "the confirmation does not say `{said}`");
    }
    // The other language is the same request again.
    visitor.press("/cy/ask", "send", &[]).await;
    assert!(visitor.page.body.contains("dydd Mawrth 22 Rhagfyr 2026"), "{}", visitor.page.body);
}

#[tokio::test]
async fn going_back_changing_and_the_other_language_lose_nothing() {
    let mut visitor = Visitor::arrive("/ask").await;
    visitor.reach_the_check("Gethin Vaughan").await;
    let wording = "My address is \"wrong\"\n& <old>.";
    visitor.press("/ask", "words", &[]).await;
    assert_eq!((&*visitor.step(), &*visitor.kept("wording")), ("words", wording));
    visitor.press("/cy/ask", "here", &[("wording", "Yn Gymraeg")]).await;
    assert_eq!((&*visitor.step(), &*visitor.kept("wording")), ("words", "Yn Gymraeg"));
    assert!(visitor.page.body.contains("<html lang=\"cy\""));
    visitor.press("/ask", "back", &[("wording", "Half a sen")]).await;
    assert_eq!((&*visitor.step(), &*visitor.kept("wording")), ("whom", "Half a sen"));
    // Whoever has seen the check goes straight back to it, over a new page if one is needed now.
    visitor.go_on(&[("whom", "other")]).await;
    assert_eq!(visitor.step(), "capacity");
    visitor.go_on(&[("capacity", "solicitor")]).await;
    assert_eq!(visitor.step(), "subject");
    assert!(visitor.page.body.contains("their agreement to this request, signed and dated"));
    visitor.go_on(&[("subject", "Mair Vaughan")]).await;
    assert_eq!(visitor.step(), "check");
    assert_eq!(visitor.kept("email"), "gethin@mail.example");
}

#[tokio::test]
async fn each_page_says_what_to_mend_and_keeps_what_was_typed() {
    let long = "x".repeat(10_001);
    for (step, typed, field, kept) in [
        ("right", &[("right", "everything")][..], "right", ("right", "")),
        ("whom", &[], "whom", ("right", "access")),
        ("words", &[("wording", &*long)], "wording", ("wording", &*long)),
        ("name", &[("name", "  ")], "name", ("right", "access")),
        ("reply", &[], "reply", ("right", "access")),
        ("address", &[("email", "gethin at mail")], "email", ("email", "gethin at mail")),
        ("address", &[("reply", "post"), ("email", "a@b.example")], "post", ("email", "a@b.example")),
        ("format", &[("format", "song")], "format", ("right", "access")),
        ("language", &[("other_language", "Polish")], "language", ("other_language", "Polish")),
        ("language", &[("language", "other")], "other_language", ("language", "other")),
        ("needs", &[("adjustments", &*long)], "adjustments", ("adjustments", &*long)),
    ] {
        let mut visitor = Visitor::arrive("/ask").await;
        visitor.press("/ask", step, &[("right", "access")]).await;
        visitor.press("/ask", "", typed).await;
        assert_eq!(visitor.page.status, StatusCode::UNPROCESSABLE_ENTITY, "{step} {field}");
        assert_eq!(visitor.step(), step);
        assert!(visitor.page.body.contains(&format!("<a href=\"#{field}\">")), "{step}: no link to {field}");
        assert!(visitor.page.body.contains(&format!(" id=\"{field}\"")), "{step}: the link leads nowhere");
        assert_eq!(visitor.kept(kept.0), kept.1, "{step}");
    }
}

#[tokio::test]
async fn a_stale_or_skipping_form_sends_nothing_and_keeps_everything() {
    let mut visitor = Visitor::arrive("/ask").await;
    visitor.reach_the_check("Gethin Vaughan").await;
    visitor.press("/ask", "send", &[("form_token", "old")]).await;
    assert_eq!(visitor.page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!((&*visitor.step(), &*visitor.kept("name")), ("check", "Gethin Vaughan"));
    visitor.press("/ask", "send", &[("name", "")]).await;
    assert_eq!((&*visitor.step(), visitor.page.status), ("name", StatusCode::UNPROCESSABLE_ENTITY));
    assert_eq!(visitor.kept("email"), "gethin@mail.example");
}

#[tokio::test]
async fn nobody_asks_for_someone_who_has_died() {
    let mut visitor = Visitor::arrive("/ask").await;
    visitor.go_on(&[("right", "access")]).await;
    visitor.go_on(&[("whom", "other")]).await;
    visitor.go_on(&[("capacity", "executor")]).await;
    assert_eq!(visitor.step(), "died");
    visitor.press("/ask", "send", &[("name", "A"), ("reply", "post"), ("post", "B")]).await;
    assert!(!visitor.page.body.contains("R-2026-00042"));
    assert_eq!(visitor.step(), "died");
}

#[tokio::test]
async fn a_fault_says_so_and_shows_nothing_of_what_was_typed() {
    let mut visitor = Visitor::arrive("/ask").await;
    visitor.reach_the_check(FAULT).await;
    visitor.press("/ask", "send", &[]).await;
    assert_eq!(visitor.page.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!visitor.page.body.contains("a table is missing"));
}
