//! Every template renders in every language, and no word is missing or left over.

use std::collections::BTreeSet;
use std::path::Path;

use axum::http::StatusCode;
use counterfoil_web::forms::Failure;
use counterfoil_web::language::Language;
use counterfoil_web::pages::{
    ask, book, deadline, desk, figures, follow, home, inbox, letters, older, privacy, promises, register,
    request, requests, retention, review, rights, sharing, sign_in, statements,
};
use counterfoil_web::problem::ProblemView;
use counterfoil_web::render::{Renderer, View};
use counterfoil_web::site::Site;
use counterfoil_web::visit::Visit;
use counterfoil_web::{Settings, theme::Theme};

use crate::support;

struct Rendering {
    site: Site,
    seen: BTreeSet<&'static str>,
    html: Vec<(String, String)>,
}

impl Rendering {
    /// Draws every sample of a view in both languages, without and with something to mend.
    fn draw<V: View>(&mut self) {
        assert!(!V::samples().is_empty(), "{} has no sample", V::TEMPLATE);
        for address in ["/", "/cy"] {
            for view in V::samples() {
                let visit = Visit::at(address);
                let whole = visit.page(&self.site);
                let errors = vec![
                    Failure { field: "name", key: "form.stale" },
                    Failure { field: "code", key: "form.stale" },
                ];
                let flawed = visit.page(&self.site).with_errors(errors);
                for page in [whole, flawed] {
                    let html = self.site.renderer().render(&page, &view);
                    let html = html.unwrap_or_else(|e| panic!("{} at {address}: {e:#}", V::TEMPLATE));
                    self.html.push((format!("{} at {address}", V::TEMPLATE), html));
                }
            }
        }
        self.seen.insert(V::TEMPLATE);
    }
}

#[expect(clippy::too_many_lines, reason = "a line a page")]
fn draw_everything() -> Rendering {
    let (site, _) = support::site(Settings::default());
    let mut all = Rendering { site, seen: BTreeSet::new(), html: Vec::new() };
    all.draw::<ask::AskView>();
    all.draw::<ask::AskedView>();
    all.draw::<letters::AskerView>();
    all.draw::<letters::SecretsView>();
    all.draw::<letters::ComposeView>();
    all.draw::<letters::LogView>();
    all.draw::<letters::MailView>();
    all.draw::<letters::MailboxView>();
    all.draw::<letters::LetterView>();
    all.draw::<letters::LettersView>();
    all.draw::<older::OlderView>();
    all.draw::<ask::SavedView>();
    all.draw::<ask::GoneView>();
    all.draw::<ask::FormsView>();
    all.draw::<ask::FormView>();
    all.draw::<follow::EnterView>();
    all.draw::<follow::FollowView>();
    all.draw::<follow::QuestionView>();
    all.draw::<follow::PapersView>();
    all.draw::<follow::WithdrawView>();
    all.draw::<follow::CollectView>();
    all.draw::<follow::ReceiptView>();
    all.draw::<deadline::DeadlineView>();
    all.draw::<home::HomeView>();
    all.draw::<statements::AccessibilityView>();
    all.draw::<statements::CookiesView>();
    all.draw::<privacy::PrivacyView>();
    all.draw::<ProblemView>();
    all.draw::<requests::RequestsView>();
    all.draw::<request::RequestPageView>();
    all.draw::<review::IdentifyView>();
    all.draw::<review::ListView>();
    all.draw::<review::PageView>();
    all.draw::<review::WithholdView>();
    all.draw::<review::LookView>();
    all.draw::<review::WorkView>();
    all.draw::<promises::PromisesView>();
    all.draw::<figures::FiguresView>();
    all.draw::<book::Sheet>();
    all.draw::<register::RegisterView>();
    all.draw::<inbox::QueueView>();
    all.draw::<inbox::ItemView>();
    all.draw::<inbox::ChaseView>();
    all.draw::<inbox::LogView>();
    all.draw::<inbox::SendView>();
    all.draw::<inbox::FormView>();
    all.draw::<inbox::SentView>();
    all.draw::<register::EditView>();
    all.draw::<retention::RetentionView>();
    all.draw::<retention::RunPage>();
    all.draw::<sharing::choices::ChoicesView>();
    all.draw::<counterfoil_web::pages::follow::LookedView>();
    all.draw::<sharing::disclosure::DisclosureView>();
    all.draw::<sharing::disclosures::DisclosuresView>();
    all.draw::<sharing::permissions::PermissionsView>();
    all.draw::<sharing::permissions::ReceiptView>();
    all.draw::<sharing::recipients::RecipientsView>();
    all.draw::<sharing::referrals::ReferralsView>();
    all.draw::<sharing::register::RegisterOfDisclosuresView>();
    all.draw::<sharing::statistics::StatisticsView>();
    all.draw::<desk::PlanView>();
    all.draw::<desk::SourceView>();
    all.draw::<desk::LinkView>();
    all.draw::<desk::AnswerView>();
    all.draw::<desk::ClosedView>();
    all.draw::<desk::TimeView>();
    all.draw::<sharing::survey::SurveyView>();
    all.draw::<sharing::survey::SurveysView>();
    all.draw::<rights::RightView>();
    all.draw::<rights::OutcomeLetterView>();
    all.draw::<sign_in::SignInView>();
    all.draw::<sign_in::CodeView>();
    all.draw::<sign_in::ContinueView>();
    all.draw::<sign_in::SignedOutView>();
    all
}

#[test]
fn every_template_renders_in_every_language() {
    let all = draw_everything();
    let templates: BTreeSet<_> = Renderer::pages().into_iter().collect();
    assert_eq!(all.seen, templates, "a template without a view, or a view without a template");
}

#[test]
fn no_page_carries_inline_code_a_placeholder_or_another_sites_file() {
    for (page, html) in draw_everything().html {
        for bad in [
            " style=",
            " onclick",
            "<style",
            "javascript:",
            "{n}",
            "{organisation}",
            "src=\"http",
            "undefined",
        ] {
            assert!(!html.contains(bad), "{page}: `{bad}`");
        }
        assert_eq!(
            html.matches("<script").count(),
            html.matches("<script src=\"/assets/").count()
                + html.matches("<script type=\"module\" src=\"/assets/").count(),
            "{page}"
        );
        assert_eq!(html.matches("<h1").count(), 1, "{page}: one main heading");
    }
}

/// What begins the keys that are put together from codes.
const BUILT: &[&str] = &[
    "book.",
    "ask.title.",
    "ask.right.",
    "ask.right_hint.",
    "ask.whom.",
    "ask.capacity.",
    "ask.capacity_hint.",
    "ask.evidence.",
    "ask.words_hint.",
    "letters.said.",
    "letters.way.",
    "letters.state.",
    "letters.kind.",
    "letters.purpose.",
    "letters.channel.",
    "letters.capacity.",
    "letters.sort.",
    "ask.harm.",
    "ask.harm_hint.",
    "public.older.heading.",
    "public.older.means.",
    "public.state.",
    "public.state_means.",
    "public.extended.",
    "public.need.",
    "public.need_said.",
    "public.pause.",
    "public.pause_open.",
    "public.letter.",
    "public.papers.title.",
    "ask.reply.",
    "ask.format.",
    "ask.format_hint.",
    "ask.language.",
    "ask.row.",
    "request.asked.",
    "home.ask.",
    "accessibility.can.",
    "problem.",
    "requests.column.",
    "standing.",
    "standing_note.",
    "right.",
    "stage.",
    "source.",
    "item.",
    "clock.",
    "event.",
    "date.",
    "deadline.about.",
    "deadline.division.",
    "form.part.",
    "request.reasons.",
    "review.about.",
    "review.box.",
    "review.decided.",
    "review.entity.",
    "review.filter.",
    "review.keys.",
    "review.kind.",
    "review.look.",
    "review.people.suggest_",
    "review.role.",
    "review.standing.",
    "review.state.",
    "review.way.",
    "review.whole.",
    "review.withhold.",
    "review.work.",
    "rights.",
];

#[test]
fn every_word_is_used() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut sources = String::new();
    gather(&root.join("templates"), &mut sources);
    gather(&root.join("crates/web/src"), &mut sources);
    let (site, _) = support::site(Settings::default());
    let plural =
        |key: &str| key.strip_suffix(".one").or_else(|| key.strip_suffix(".other")).map(str::to_owned);
    // A key that is put together names its first part, with the dot at its end, somewhere.
    let joined = |key: &str| {
        key.match_indices('.').any(|(at, _)| {
            let stem = &key[..=at];
            sources.contains(&format!("\"{stem}\"")) || sources.contains(&format!("\"{stem}{{"))
        })
    };
    let unused = site.strings().keys().filter(|key| {
        let stem = plural(key).unwrap_or_else(|| (*key).to_owned());
        let used = sources.contains(&format!("\"{stem}\"")) || sources.contains(&format!("'{stem}'"));
        !used && !joined(key) && !BUILT.iter().any(|prefix| key.starts_with(prefix))
    });
    let unused: Vec<_> = unused.collect();
    assert!(unused.is_empty(), "used nowhere, remove them: {unused:?}");
}

#[test]
fn whatever_a_request_may_hold_can_be_said() {
    use counterfoil_domain::clock::State as ClockState;
    use counterfoil_domain::rights::Right;
    let (site, _) = support::site(Settings::default());
    let events = counterfoil_service::rights::event_kinds().map(|kind| format!("event.{kind}"));
    let rights = Right::ALL.iter().map(|right| format!("right.{}", right.code()));
    let clocks = ClockState::ALL.iter().map(|state| format!("clock.{}", state.code()));
    for key in events.chain(rights).chain(clocks) {
        for language in Language::ALL {
            assert!(site.strings().find(language, &key).is_some(), "`{key}` has no words in {language:?}");
        }
    }
}

fn gather(folder: &Path, into: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            gather(&path, into);
        } else {
            into.push_str(&std::fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn every_organisations_theme_can_be_read() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../organisations");
    let mut found = 0;
    for entry in std::fs::read_dir(root).unwrap() {
        let file = entry.unwrap().path().join("theme.toml");
        if file.exists() {
            Theme::parse(&std::fs::read_to_string(&file).unwrap())
                .unwrap_or_else(|e| panic!("{}: {e}", file.display()));
            found += 1;
        }
    }
    assert!(found >= 2);
}

#[tokio::test]
async fn a_welsh_page_marks_what_is_english() {
    let world = support::World::new();
    let page = world.get("/cy/accessibility", "").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("<html lang=\"cy\""));
    assert!(page.body.contains("<span lang=\"en\">"), "English words carry their language");
    assert!(
        page.body.contains("Nid yw rhan o&#x27;r dudalen hon wedi")
            || page.body.contains("Nid yw rhan o&#39;r dudalen hon wedi"),
        "and the page says so"
    );
    let home = world.get("/cy", "").await;
    assert!(!home.body.contains("<span lang=\"en\">") && home.body.contains("siaradwr rhugl"));
    let english = world.get("/", "").await;
    assert!(!english.body.contains("siaradwr rhugl") && !english.body.contains("fluent speaker"));
}

#[test]
fn the_accessibility_statement_can_be_read() {
    assert!(statements::tested().is_some());
}

#[test]
fn whatever_is_done_to_a_record_can_be_told_to_the_person() {
    let (site, _) = support::site(Settings::default());
    for verb in counterfoil_domain::access::Verb::ALL {
        let key = format!("book.verb.{}", verb.as_str().replace('.', "_"));
        assert!(
            site.strings().find(Language::En, &key).is_some(),
            "{key}: a page without it cannot be drawn"
        );
    }
}
