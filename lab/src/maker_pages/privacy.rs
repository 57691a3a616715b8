//! The maker's pages on data: what is sensed, processed, sent and deleted.

use crate::behaviour::pages::{DeletionPage, PersonalDataPage, SensorsPage};

/// Personal data and telemetry.
pub(super) fn personal_data(page: PersonalDataPage) -> String {
    use PersonalDataPage as Page;
    let wear = match page {
        Page::OtherPurpose => "advertising that fits you",
        _ => "forecast of wear",
    };
    let usage = match page {
        Page::OmitsUsage => String::new(),
        _ => format!(
            "<tr><td>Usage history of each day, without times of day</td><td>the device; our cloud with usage \
             statistics</td><td>our maintenance department</td><td>{wear}</td></tr>\n"
        ),
    };
    format!(
        "<h2>What we process</h2>\n<table>\n\
         <tr><th>Data</th><th>Where</th><th>Who uses them</th><th>For what</th></tr>\n\
         <tr><td>Account: name, mail address, linked devices</td><td>our cloud; a random number and, \
         by Bluetooth, the name on the device</td>\
         <td>our cloud operations and customer service</td><td>login to the app, security notices</td></tr>\n\
         <tr><td>Bath and hot water schedules, which can show when somebody is at home</td><td>the device; a copy \
         in our cloud with remote operation</td><td>you; our customer service after you released them</td>\
         <td>carrying them out, showing them in the app</td></tr>\n{usage}</table>\n{CONSENT}{}{}",
        sign_of_life(page),
        usage_statistics(page),
    )
}

const CONSENT: &str = "<h2>Your consent</h2>\n<p>Remote operation and usage statistics each have a switch that is \
    off at first. Switching it on is your consent, for that purpose alone; switching it off withdraws it, at any \
    time, in the web interface or the app. The data in our cloud are then deleted within 30 days. Hot water at home \
    does not depend on it.</p>\n";

fn sign_of_life(page: PersonalDataPage) -> &'static str {
    match page {
        PersonalDataPage::OmitsTelemetry => "",
        _ => {
            "<h2>Sign of life</h2>\n<p>The controller tells our cloud its serial number, whether the burner is on \
             and the outlet temperature, so that the app can show it and our cloud operations see which units are \
             reachable. Only the last message is kept; without a linked account no person belongs to it.</p>\n"
        }
    }
}

fn usage_statistics(page: PersonalDataPage) -> String {
    use PersonalDataPage as Page;
    let history = match page {
        Page::OmitsUsage => "",
        _ => " and the usage history of each day",
    };
    let use_of_them = match page {
        Page::OtherTelemetryPurpose => "It sells them to insurers, and looks for new customers in them.",
        _ => {
            "It forecasts the wear of burner, fan and heat exchanger from them and improves the firmware. Nobody \
             else receives them."
        }
    };
    match page {
        Page::OmitsTelemetry | Page::OmitsMaintenance => String::new(),
        _ => format!(
            "<h2>Usage statistics</h2>\n<p>With your consent our maintenance department receives once a week, \
             under a random number: operating hours, number of starts, fault codes, firmware version{history}. \
             {use_of_them}</p>"
        ),
    }
}

/// Deletion on the device and in the cloud.
pub(super) fn deletion(page: DeletionPage) -> String {
    let cloud = match page {
        DeletionPage::OmitsAccount => "",
        _ => {
            "<h2>In our cloud</h2>\n<ol>\n<li>In the app: Settings, Account, Delete account, enter the password, \
             confirm. Without the app: write from the address of the account to privacy@hinode.example and follow \
             the link in the answer.</li>\n\
             <li>App or page say that the account was deleted; a mail confirms it at once, and again when copies in \
             backups are gone, after 30 days at the latest.</li>\n</ol>\n\
             <p>Do both before you give the controller away.</p>"
        }
    };
    format!(
        "<h2>On the controller</h2>\n<ol>\n<li>Open Settings, Reset in the web interface, enter the password and \
         press Delete everything. Or hold the recessed key for ten seconds and press OK.</li>\n\
         <li>Wait less than one minute. Panel and web page say that all your data on this device were deleted.</li>\n\
         </ol>\n{cloud}"
    )
}

/// What the sensors take in.
pub(super) fn sensors(page: SensorsPage) -> String {
    let measured = match page {
        SensorsPage::NamesNone => "The heater has the sensors that it needs to heat and to stop in time.",
        _ => {
            "The heater measures the flow of water, the level of the bath, the temperature of the water at inlet \
             and outlet and of the exhaust, and carbon monoxide in the exhaust. It needs them to heat water and to \
             stop in time."
        }
    };
    format!(
        "<p>{measured} Use of water can show that somebody is at home; therefore schedules and usage history are \
         protected as said under Personal data. There is no camera, no microphone and no sensor for the position \
         or motion of people.</p>"
    )
}
