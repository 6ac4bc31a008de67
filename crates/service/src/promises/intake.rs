//! Evidence of the channels: what arrived and what became of it, whose copies are gone, what was sent.

use counterfoil_domain::ids::ControllerId;
use counterfoil_domain::intake::Channel;
use counterfoil_domain::promises::Control;
use counterfoil_store::Store;
use counterfoil_store::assurance::figures::Count;
use counterfoil_store::intake::figures::ChannelFigures;
use jiff::Timestamp;
use jiff::civil::Date;

use super::{Found, Measured};
use crate::error::Result;

pub(super) fn measure(store: &Store, controller: ControllerId, on: Date) -> Result<Found> {
    let of = |channel| store.channel_figures(controller, channel, on);
    let all: Vec<ChannelFigures> =
        Channel::ALL.iter().map(|c| of(*c)).collect::<std::result::Result<_, _>>()?;
    let together = store.intake_figures(controller)?;
    let forms = [of(Channel::WebEnquiry)?, of(Channel::Referral)?];
    Ok(Found::from([
        (Control::Enquiries, enquiries(&forms)),
        (Control::Drain, drain(&all, together.not_emptied)),
        (Control::Texts, texts(&of(Channel::Sms)?, together.opted_out)),
        (Control::Chat, chat(&of(Channel::Chat)?)),
        (Control::Warnings, warnings(&of(Channel::WhatsApp)?)),
    ]))
}

fn sum(all: &[ChannelFigures], of: impl Fn(&ChannelFigures) -> u64) -> u64 {
    all.iter().map(of).sum()
}

fn latest(all: &[ChannelFigures], of: impl Fn(&ChannelFigures) -> Count) -> Option<Timestamp> {
    all.iter().filter_map(|f| of(f).at).max()
}

fn enquiries(forms: &[ChannelFigures]) -> Measured {
    Measured::default()
        .shows("enquiries and referrals dealt with", sum(forms, |f| f.ended.number))
        .count("waiting", sum(forms, |f| f.open))
        .due("past their limit", sum(forms, |f| f.past))
        .last(latest(forms, |f| f.ended))
}

fn drain(all: &[ChannelFigures], not_emptied: u64) -> Measured {
    Measured::default()
        .shows("channels' copies gone", sum(all, |f| f.gone.number))
        .count("items dealt with", sum(all, |f| f.ended.number))
        .count("parts dropped", sum(all, |f| f.dropped))
        .count("copies on their way out", sum(all, |f| f.leaving))
        .fails("copies that should be gone", sum(all, |f| f.stuck))
        .fails("items closed whose words can still be opened", not_emptied)
        .due("items past their limit", sum(all, |f| f.past))
        .last(latest(all, |f| f.gone))
}

fn texts(sms: &ChannelFigures, opted_out: u64) -> Measured {
    Measured::default()
        .shows("texts sent", sms.sent.number)
        .count("people who asked for none", opted_out)
        .fails("sent against a wish", sms.against_wish)
        .fails("an hour past their moment", sms.waiting)
        .due("reached nobody", sms.unreached)
        .last(sms.sent.at)
}

fn chat(chat: &ChannelFigures) -> Measured {
    Measured::default()
        .shows("transcripts dealt with", chat.ended.number)
        .count("copies gone at the source", chat.gone.number)
        .fails("copies that should be gone", chat.stuck)
        .due("past their limit", chat.past)
        .last(chat.ended.at)
}

fn warnings(whatsapp: &ChannelFigures) -> Measured {
    Measured::default()
        .shows("people warned", whatsapp.warned.number)
        .count("messages sent", whatsapp.sent.number)
        .fails("answers without a warning before", whatsapp.unwarned)
        .last(whatsapp.warned.at)
}
