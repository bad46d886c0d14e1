//! German: what is said about values and outcomes where the guide says nothing better.

use guide::{Mistake, Ours, OutcomeKind};

use crate::texts::messages::fill;

/// What is meant, in German.
pub(in crate::texts) fn said(ours: &Ours) -> String {
    match ours {
        Ours::Happened { outcome, provider } => fill(happened(*outcome), &[("provider", provider)]),
        Ours::Fix { outcome, provider } => fill(fix(*outcome), &[("provider", provider)]),
        Ours::AcceptedIn { provider, environment } => {
            format!("{provider} nimmt diese Zugangsdaten in {environment} an.")
        }
        Ours::LinkInstead { works, asked } => {
            format!("Verknüpfen Sie {works} statt {asked}, oder erstellen Sie Zugangsdaten in {asked}.")
        }
        Ours::AddressOf { shown, chosen } => {
            format!("Diese Adresse gehört zu {shown}, und Sie verknüpfen {chosen}")
        }
        Ours::AnotherKey => {
            "Erstellen Sie einen neuen Schlüssel, wo dieser herkam, falls er nirgends mehr ganz ist."
                .to_owned()
        }
        Ours::Field { label, mistake } => format!("{label} {}", wrong(mistake)),
    }
}

fn wrong(mistake: &Mistake) -> String {
    let text = match mistake {
        Mistake::Missing => "fehlt",
        Mistake::Unanswered => "ist noch zu beantworten",
        Mistake::SeveralLines => "ist eine einzige Zeile",
        Mistake::Nul => "ist Text ohne NUL-Zeichen",
        Mistake::NotEmail => "ist eine Adresse wie name@example.com",
        Mistake::NotHttps => "beginnt mit https://",
        Mistake::NotHost => "ist ein Hostname wie acme.example.com",
        Mistake::NotBoolean => "ist true oder false",
        Mistake::Space => "enthält ein Leerzeichen; kopieren Sie den Wert noch einmal, für sich allein",
        Mistake::NotJson => "ist JSON, von der ersten `{` bis zur letzten `}`",
        Mistake::NotPem => "ist ein Text, der mit `-----BEGIN` beginnt und mit `-----` endet, und zwar ganz",
        Mistake::NotWhole => "ist eine ganze Zahl",
        Mistake::Odd => "sieht nicht richtig aus",
        Mistake::NoEnvironment(_) => "lässt nicht erkennen, wohin es gehört",
        Mistake::NoAddress => "führt zu keiner Adresse dieses Anbieters",
        Mistake::Unsendable => {
            "enthält Zeichen, die nicht gesendet werden können. Kopieren Sie den Wert noch einmal, für sich allein."
        }
        Mistake::NotSigningKey => {
            "ist kein Schlüssel, mit dem sich unterschreiben lässt. Kopieren Sie ihn ganz, von der ersten bis zur \
             letzten Zeile."
        }
        Mistake::Part => "ist nicht vollständig",
        Mistake::Longer(most) => return format!("hat höchstens {most} Zeichen"),
        Mistake::NotOneOf(values) => return format!("ist eines von: {}", values.join(", ")),
        Mistake::NotBetween(min, max) => return format!("ist eine Zahl von {min} bis {max}"),
        Mistake::Below(min) => return format!("ist mindestens {min}"),
        Mistake::Above(max) => return format!("ist höchstens {max}"),
    };
    text.to_owned()
}

const fn happened(kind: OutcomeKind) -> &'static str {
    match kind {
        OutcomeKind::Ok => "{provider} hat die Zugangsdaten angenommen.",
        OutcomeKind::OkLimited => {
            "{provider} hat die Zugangsdaten angenommen, mit weniger Berechtigungen, als zu gebrauchen wären."
        }
        OutcomeKind::WrongSecret => "{provider} hat diese Zugangsdaten nicht angenommen.",
        OutcomeKind::WrongUser => {
            "{provider} kennt die Zugangsdaten, und sie gehören zu einem anderen Benutzer."
        }
        OutcomeKind::WrongTenant => "Diese Organisation gibt es bei {provider} nicht.",
        OutcomeKind::WrongEnvironment => {
            "Diese Zugangsdaten gehören zu einer anderen Umgebung von {provider}."
        }
        OutcomeKind::DifferentAccount => {
            "Diese Zugangsdaten gehören zu einem anderen Konto bei {provider} als dem bisher verknüpften."
        }
        OutcomeKind::MissingPermission => "Der Benutzer bei {provider} darf nicht, was nötig ist.",
        OutcomeKind::NotInPlan => "Dieser Tarif von {provider} umfasst nicht, was nötig ist.",
        OutcomeKind::Declined => "Bei {provider} wurde nicht zugestimmt.",
        OutcomeKind::Misconfigured => "Die Verbindung zu {provider} ist nicht richtig eingerichtet.",
        OutcomeKind::Disabled => "{provider} hat diesen Benutzer oder diese Zugangsdaten abgeschaltet.",
        OutcomeKind::Expired => "Die Zugangsdaten für {provider} sind abgelaufen.",
        OutcomeKind::IpBlocked => "{provider} nimmt keine Anfragen aus diesem Netz an.",
        OutcomeKind::Throttled => "{provider} nimmt im Moment keine weiteren Anfragen an.",
        OutcomeKind::ProviderDown => "{provider} hat im Moment eine Störung.",
        OutcomeKind::Unreachable => "{provider} war nicht zu erreichen.",
        OutcomeKind::Tls => "Es kam keine sichere Verbindung zu {provider} zustande.",
        OutcomeKind::ProtocolMismatch => {
            "{provider} hat anders geantwortet, als es in seiner Dokumentation steht."
        }
        OutcomeKind::Unknown => "{provider} hat auf eine Weise geantwortet, die diese Anleitung nicht kennt.",
    }
}

const fn fix(kind: OutcomeKind) -> &'static str {
    match kind {
        OutcomeKind::Ok | OutcomeKind::OkLimited => "Es ist nichts zu tun.",
        OutcomeKind::WrongSecret => {
            "Kopieren Sie die Zugangsdaten noch einmal, ohne Leerzeichen davor und dahinter, oder erstellen Sie neue."
        }
        OutcomeKind::WrongUser => "Nehmen Sie die Zugangsdaten des Benutzers, den die Anleitung nennt.",
        OutcomeKind::WrongTenant => "Prüfen Sie den Namen der Organisation in der Adresse von {provider}.",
        OutcomeKind::WrongEnvironment => "Wählen Sie die Umgebung, in der die Zugangsdaten erstellt wurden.",
        OutcomeKind::DifferentAccount => {
            "Melden Sie sich bei dem bisher verknüpften Konto an, oder verknüpfen Sie dieses als neues Konto."
        }
        OutcomeKind::MissingPermission => {
            "Bitten Sie jemanden aus der Administration um die Berechtigung, die die Anleitung nennt."
        }
        OutcomeKind::NotInPlan => "Fragen Sie, wer den Tarif verwaltet.",
        OutcomeKind::Declined => "Beginnen Sie noch einmal und stimmen Sie zu, falls es ein Versehen war.",
        OutcomeKind::Misconfigured => "Wer diese Verbindung eingerichtet hat, muss sie prüfen.",
        OutcomeKind::Disabled => "Bitten Sie jemanden aus der Administration, das wieder einzuschalten.",
        OutcomeKind::Expired => "Erstellen Sie neue Zugangsdaten und geben Sie sie ein.",
        OutcomeKind::IpBlocked => {
            "Bitten Sie jemanden aus der Administration, die Adressen dieses Dienstes zuzulassen."
        }
        OutcomeKind::Throttled => {
            "Warten Sie einen Moment und versuchen Sie es noch einmal; an Ihren Angaben liegt es nicht."
        }
        OutcomeKind::ProviderDown => "Versuchen Sie es später noch einmal; an Ihren Angaben liegt es nicht.",
        OutcomeKind::Unreachable => "Prüfen Sie die Adresse und das Netz, und versuchen Sie es noch einmal.",
        OutcomeKind::Tls => {
            "Vielleicht antwortet unterwegs ein Proxy oder ein Sicherheitsprodukt; fragen Sie, wer Ihr Netz betreut."
        }
        OutcomeKind::ProtocolMismatch => "Prüfen Sie, ob die Adresse zu {provider} selbst führt.",
        OutcomeKind::Unknown => {
            "Versuchen Sie es noch einmal, und wenden Sie sich an den Support, wenn es so bleibt."
        }
    }
}
