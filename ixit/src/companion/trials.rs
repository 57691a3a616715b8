//! What a program needs to try updates, settings, deletions and input as a user or a maker would.

use super::names::{FieldKind, InputKind, PackageWay};
use crate::described::record;

record! {
    /// The package of an update mechanism: what of it a test rig has to alter, and where it goes.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Package {
        /// How it comes to the device.
        way: PackageWay,
        /// Path of the list that names the newest version, for `pull`; none where the device asks for the image alone.
        manifest: Option<String>,
        /// Path of the image, `{version}` for its version, for `pull`.
        image: Option<String>,
        /// Where the signature is; none where the package has none.
        signature: Option<SignaturePlace>,
        /// Key of the list, a JSON object or a JSON text in one, that holds until when the list is valid, as RFC 3339
        /// text or in seconds since 1970; none where a list has no end of its time.
        expires_key: Option<String>,
        /// Where the user hands the package in, for `upload`.
        upload: Option<Upload>,
        /// Longest time in seconds from the offer until the device runs the new version or has refused it.
        settles_seconds: u32 = 300,
        /// The device brings itself back to a version that runs after a failed or interrupted installation.
        recovers: Option<bool>,
    }
}

record! {
    /// Where the signature of an update package is. One of the three.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct SignaturePlace {
        /// Key of the manifest, a JSON object, that holds it as hexadecimal digits or Base64.
        manifest_key: Option<String>,
        /// Path of a file beside the image, `{version}` for its version.
        beside: Option<String>,
        /// The last octets of the image.
        last_octets: Option<u32>,
    }
}

record! {
    /// Where the user hands an update package to the device.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Upload {
        /// TCP port.
        port: u16,
        /// Inside TLS.
        tls: bool = false,
        /// Path.
        path: String,
        /// Method.
        method: String = String::from("POST"),
        /// Field of a `multipart/form-data` form; none where the image is the body.
        field: Option<String>,
        /// Row id of the mechanism by which the user is logged in; none where nobody has to.
        who: Option<String>,
    }
}

record! {
    /// A setting that a program can read and change as the user does.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Setting {
        /// TCP port.
        port: u16,
        /// Inside TLS.
        tls: bool = false,
        /// Row id of the mechanism by which the user is logged in; none where nobody has to.
        who: Option<String>,
        /// Page or JSON text that shows it.
        page: String,
        /// Name of the control of the page, or key of the JSON text.
        field: String,
        /// Where a new value is sent; none for the page itself.
        target: Option<String>,
        /// Method.
        method: String = String::from("POST"),
        /// JSON in and out, not a page with a form.
        json: bool = false,
        /// Value for on.
        on: String = String::from("on"),
        /// Value for off.
        off: String = String::from("off"),
        /// Value for postponed, where that is offered.
        later: Option<String>,
    }
}

record! {
    /// Data of the user that a program can give to the device and look for again.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Kept {
        /// What it is: the row id of personal data or of a parameter, or words for settings.
        data: String,
        /// TCP port.
        port: u16,
        /// Inside TLS.
        tls: bool = false,
        /// Row id of the mechanism by which the user is logged in; none where nobody has to.
        who: Option<String>,
        /// Where it is written.
        target: String,
        /// Method.
        method: String = String::from("POST"),
        /// Field that takes it.
        field: String,
        /// Other fields that have to be there, as name and value.
        others: Vec<String>,
        /// A JSON object, not a form.
        json: bool = false,
        /// What the field takes.
        kind: FieldKind = FieldKind::Text,
        /// Least value of a number.
        least: Option<u32>,
        /// Greatest value of a number.
        most: Option<u32>,
        /// Greatest length of a text, in characters.
        longest: Option<u32>,
        /// Where it is read again.
        read: String,
    }
}

record! {
    /// How a program carries out a deletion as the user does.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Erasure {
        /// TCP port.
        port: u16,
        /// Inside TLS.
        tls: bool = false,
        /// Row id of the mechanism by which the user is logged in; none where nobody has to.
        who: Option<String>,
        /// Page from which the user starts it.
        page: Option<String>,
        /// Where the order is sent.
        target: String,
        /// Method.
        method: String = String::from("POST"),
        /// A JSON object, not a form.
        json: bool = false,
        /// Field of the password that has to be entered again.
        password_field: Option<String>,
        /// Other fields that have to be there, as name and value.
        others: Vec<String>,
        /// Words of the confirmation in the answer.
        confirmed_by: Vec<String>,
        /// Longest time in seconds until it is done.
        seconds: u32 = 60,
        /// The device is as it left the factory afterwards.
        resets: bool = false,
    }
}

record! {
    /// Something that takes input.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Input {
        /// Where it arrives.
        kind: InputKind,
        /// Port.
        port: u16,
        /// Inside TLS, or DTLS.
        tls: bool = false,
        /// Row id of the mechanism by which the user is logged in; none where nobody has to.
        who: Option<String>,
        /// Page with the form, where hidden fields of it have to be sent too.
        page: Option<String>,
        /// Path or topic; empty for datagrams.
        target: String = String::new(),
        /// Method.
        method: String = String::from("POST"),
        /// Its fields, in their order.
        fields: Vec<InputField>,
        /// A whole input that is taken, as text or as `hex:` with digits, where it has no fields.
        example: Option<String>,
        /// Greatest size in octets.
        largest: Option<u32>,
        /// Path or page at which the state that it changes can be read.
        shown_at: Option<String>,
    }
}

record! {
    /// A field of an input.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct InputField {
        /// Name.
        name: String,
        /// What it takes.
        kind: FieldKind,
        /// A value that is taken and does no harm.
        value: String,
        /// Least value of a number.
        least: Option<u32>,
        /// Greatest value of a number.
        most: Option<u32>,
        /// Greatest length of a text, in characters.
        longest: Option<u32>,
        /// The choices.
        choices: Vec<String>,
        /// It has to be there.
        required: bool = true,
    }
}
