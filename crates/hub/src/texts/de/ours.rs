//! German: the Hub's own messages about values and outcomes, for guides that have none.

use guide::{Mistake, Ours, OutcomeKind, Product, Wait};

use crate::texts::fill::fill;

/// Returns the message in German.
pub(in crate::texts) fn translate(ours: &Ours) -> String {
    match ours {
        Ours::Happened { outcome, provider } => fill(happened(*outcome), &[("provider", provider)]),
        Ours::Fix { outcome, provider, product } => {
            fill(fix(*outcome), &[("provider", provider), ("addresses", &addresses(product))])
        }
        Ours::AcceptedIn { provider, environment } => {
            format!("{provider} akzeptiert diese Zugangsdaten in {environment}.")
        }
        Ours::LinkInstead { works, chosen } => {
            format!(
                "Verbinden Sie die Umgebung {works} statt {chosen} oder erstellen Sie Zugangsdaten für {chosen}."
            )
        }
        Ours::AddressOf { shown, chosen } => {
            format!("Diese Adresse gehört zu {shown}, ausgewählt ist aber {chosen}.")
        }
        Ours::BrowserNeeded { provider, method } => {
            format!("{provider} lässt sich mit {method} nur in einem Browser verbinden.")
        }
        Ours::OnLinkingPages => {
            "Verbinden Sie das Konto auf einer der Verknüpfungsseiten des Hubs.".to_owned()
        }
        Ours::AnotherKey => {
            "Wenn Ihnen der vollständige Schlüssel nicht mehr vorliegt, erstellen Sie einen neuen.".to_owned()
        }
        Ours::KeyWithoutPassphrase => {
            "Wenn Sie die Passphrase nicht kennen, erstellen Sie einen neuen Schlüssel.".to_owned()
        }
        Ours::NoToken { provider } => format!("Die Antwort von {provider} enthält kein Token."),
        Ours::WebPage { provider } => {
            format!("Statt einer Antwort der API von {provider} haben wir eine Webseite erhalten.")
        }
        Ours::SignInRejected { provider } => format!("{provider} hat Ihre Anmeldung abgelehnt."),
        Ours::SignInEnded { provider } => {
            format!("Ihre Anmeldung bei {provider} ist abgelaufen oder wurde widerrufen.")
        }
        Ours::SignInAgain { provider } => format!("Melden Sie sich noch einmal bei {provider} an."),
        Ours::TryLater { seconds } => {
            format!("Ihre Angaben sehen richtig aus. Versuchen Sie es in {} noch einmal.", about(*seconds))
        }
        Ours::Field { label, mistake } => of_field(label, mistake),
    }
}

/// Returns a time to wait, rounded for people.
fn about(seconds: u64) -> String {
    match Wait::rounded(seconds) {
        Wait::Minutes(1) => "etwa einer Minute".to_owned(),
        Wait::Minutes(minutes) => format!("etwa {minutes} Minuten"),
        Wait::Hours(1) => "etwa einer Stunde".to_owned(),
        Wait::Hours(hours) => format!("etwa {hours} Stunden"),
        Wait::Days(1) => "etwa einem Tag".to_owned(),
        Wait::Days(days) => format!("etwa {days} Tagen"),
    }
}

/// Returns a noun phrase for the product's addresses.
fn addresses(Product { name, egress_addresses, .. }: &Product) -> String {
    if egress_addresses.is_empty() {
        format!("die IP-Adressen von {name} (fragen Sie {name} danach)")
    } else {
        format!("die IP-Adressen von {name} ({egress_addresses})")
    }
}

/// Explains what is wrong with a field's value.
fn of_field(label: &str, mistake: &Mistake) -> String {
    let text = match mistake {
        Mistake::Missing => "ist erforderlich.",
        Mistake::Unanswered => "muss mit Ja oder Nein beantwortet werden.",
        Mistake::SeveralLines => "darf nur aus einer Zeile bestehen.",
        Mistake::Nul => "darf keine NUL-Zeichen enthalten.",
        Mistake::NotEmail => "muss eine vollständige E-Mail-Adresse sein, etwa name@example.com.",
        Mistake::NotHttps => "muss eine Adresse mit https:// sein.",
        Mistake::NotHost => "muss ein Hostname sein, etwa acme.example.com.",
        Mistake::NotBoolean => "muss true oder false sein.",
        Mistake::Space => "darf keine Leerzeichen enthalten. Kopieren Sie nur den Wert selbst.",
        Mistake::Invisible => {
            "enthält ein unsichtbares Zeichen. Kopieren Sie den Wert noch einmal, oder tippen Sie ihn ab."
        }
        Mistake::Quoted => "darf nicht in Anführungszeichen stehen. Kopieren Sie nur den Wert selbst.",
        Mistake::NotJson => "muss JSON sein, von der ersten `{` bis zur letzten `}`.",
        Mistake::NotPem => {
            "muss ein Text sein, der mit `-----BEGIN` beginnt und mit `-----` endet. Kopieren Sie ihn vollständig."
        }
        Mistake::NotWhole => "muss eine ganze Zahl sein.",
        Mistake::Odd => "hat nicht das erwartete Format.",
        Mistake::NoEnvironment(_) => "lässt sich keiner Umgebung zuordnen.",
        Mistake::NoAddress => "ergibt keine gültige Adresse dieses Anbieters.",
        Mistake::Unsendable => {
            "enthält Zeichen, die nicht gesendet werden können. Kopieren Sie nur den Wert selbst."
        }
        Mistake::NotSigningKey => {
            "ist kein Signaturschlüssel. Kopieren Sie ihn vollständig, von der ersten bis zur letzten Zeile."
        }
        Mistake::ProtectedKey => {
            "ist mit einer Passphrase geschützt. Geben Sie den unverschlüsselten Schlüssel ein; \
             `openssl pkey -in DATEI` gibt ihn aus."
        }
        Mistake::Part => "ist unvollständig. Kopieren Sie den ganzen Wert.",
        Mistake::Longer(most) => return format!("{label} darf höchstens {most} Zeichen lang sein."),
        Mistake::NotOneOf(values) => {
            return format!("{label} muss einer dieser Werte sein: {}.", values.join(", "));
        }
        Mistake::NotBetween(min, max) => {
            return format!("{label} muss eine Zahl von {min} bis {max} sein.");
        }
        Mistake::Below(min) => return format!("{label} muss mindestens {min} sein."),
        Mistake::Above(max) => return format!("{label} darf höchstens {max} sein."),
    };
    format!("{label} {text}")
}

const fn happened(kind: OutcomeKind) -> &'static str {
    match kind {
        OutcomeKind::Ok => "{provider} hat die Zugangsdaten akzeptiert.",
        OutcomeKind::OkLimited => {
            "{provider} hat die Zugangsdaten akzeptiert, aber einige Berechtigungen fehlen."
        }
        OutcomeKind::WrongSecret => "{provider} hat diese Zugangsdaten abgelehnt.",
        OutcomeKind::WrongUser => "Diese Zugangsdaten für {provider} gehören einem anderen Benutzer.",
        OutcomeKind::WrongTenant => "Wir konnten diese Organisation bei {provider} nicht finden.",
        OutcomeKind::WrongEnvironment => {
            "Diese Zugangsdaten gehören zu einer anderen Umgebung von {provider}."
        }
        OutcomeKind::DifferentAccount => {
            "Diese Zugangsdaten gehören zu einem anderen Konto bei {provider} als dem bisher verbundenen."
        }
        OutcomeKind::MissingPermission => "Dem Benutzer bei {provider} fehlt eine Berechtigung.",
        OutcomeKind::NotInPlan => {
            "In Ihrem Tarif bei {provider} ist eine benötigte Funktion nicht enthalten."
        }
        OutcomeKind::Declined => "Der Zugriff auf {provider} wurde nicht erlaubt.",
        OutcomeKind::Misconfigured => "Die Verbindung mit {provider} ist nicht richtig eingerichtet.",
        OutcomeKind::Disabled => "{provider} hat diesen Benutzer oder diese Zugangsdaten deaktiviert.",
        OutcomeKind::Expired => "Diese Zugangsdaten für {provider} sind abgelaufen.",
        OutcomeKind::IpBlocked => "{provider} blockiert Anfragen von unseren Servern.",
        OutcomeKind::Throttled => "{provider} erhält gerade zu viele Anfragen.",
        OutcomeKind::ProviderDown => "{provider} hat gerade Probleme.",
        OutcomeKind::Unreachable => "Wir konnten {provider} nicht erreichen.",
        OutcomeKind::Tls => "Es kam keine sichere Verbindung mit {provider} zustande.",
        OutcomeKind::ProtocolMismatch => "{provider} hat unerwartet geantwortet.",
        OutcomeKind::Unknown => "Wir können die Antwort von {provider} nicht einordnen.",
    }
}

const fn fix(kind: OutcomeKind) -> &'static str {
    match kind {
        OutcomeKind::Ok | OutcomeKind::OkLimited => "Sie müssen nichts tun.",
        OutcomeKind::WrongSecret => {
            "Kopieren Sie die Zugangsdaten noch einmal ohne zusätzliche Leerzeichen oder erstellen Sie neue."
        }
        OutcomeKind::WrongUser => "Verwenden Sie die Zugangsdaten des in der Anleitung genannten Benutzers.",
        OutcomeKind::WrongTenant => "Prüfen Sie den Organisationsnamen in Ihrer Webadresse bei {provider}.",
        OutcomeKind::WrongEnvironment => {
            "Wählen Sie die Umgebung, in der Sie die Zugangsdaten erstellt haben."
        }
        OutcomeKind::DifferentAccount => {
            "Verwenden Sie das bisher verbundene Konto oder fügen Sie das andere als neues Konto hinzu."
        }
        OutcomeKind::MissingPermission => {
            "Bitten Sie Ihr Admin-Team um die in der Anleitung genannte Berechtigung."
        }
        OutcomeKind::NotInPlan => "Wenden Sie sich an die Person, die Ihren Tarif verwaltet.",
        OutcomeKind::Declined => "Versuchen Sie es noch einmal und erlauben Sie den Zugriff.",
        OutcomeKind::Misconfigured => {
            "Bitten Sie die Person, die diese Verbindung eingerichtet hat, sie zu prüfen."
        }
        OutcomeKind::Disabled => "Bitten Sie Ihr Admin-Team, den Zugang wieder zu aktivieren.",
        OutcomeKind::Expired => "Erstellen Sie neue Zugangsdaten und geben Sie sie ein.",
        OutcomeKind::IpBlocked => "Bitten Sie Ihr Admin-Team, {addresses} zuzulassen.",
        OutcomeKind::Throttled => {
            "Ihre Angaben sehen richtig aus. Warten Sie einen Moment und versuchen Sie es dann erneut."
        }
        OutcomeKind::ProviderDown => {
            "Ihre Angaben sehen richtig aus. Versuchen Sie es in einigen Minuten noch einmal."
        }
        OutcomeKind::Unreachable => {
            "Prüfen Sie die Adresse und Ihr Netzwerk und versuchen Sie es dann erneut."
        }
        OutcomeKind::Tls => {
            "Möglicherweise unterbricht ein Proxy oder eine Sicherheitssoftware die Verbindung. Fragen Sie Ihr Netzwerkteam."
        }
        OutcomeKind::ProtocolMismatch => "Prüfen Sie, ob die Adresse zu {provider} gehört.",
        OutcomeKind::Unknown => {
            "Versuchen Sie es noch einmal. Wenn das nicht hilft, wenden Sie sich an den Support."
        }
    }
}
