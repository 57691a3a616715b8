//! Values that a companion takes from a closed list.

use crate::described::names;

names! {
    /// Who is authenticated.
    pub enum Subject {
        /// A person.
        User = "user",
        /// Another machine.
        Machine = "machine",
    }
}

names! {
    /// Kind of the authentication factor.
    pub enum FactorKind {
        /// Password.
        Password = "password",
        /// PIN.
        Pin = "pin",
        /// Key.
        Key = "key",
        /// Certificate.
        Certificate = "certificate",
        /// Biometric trait.
        Biometric = "biometric",
        /// Token.
        Token = "token",
        /// Anything else.
        Other = "other",
    }
}

names! {
    /// Part that the device plays in a communication.
    pub enum Role {
        /// The device answers.
        Server = "server",
        /// The device calls.
        Client = "client",
        /// Both.
        Peer = "peer",
    }
}

names! {
    /// Transport of an endpoint.
    pub enum Transport {
        /// TCP.
        Tcp = "tcp",
        /// UDP.
        Udp = "udp",
    }
}

names! {
    /// Kinds of login that a probe can drive.
    pub enum LoginKind {
        /// HTTP basic.
        Basic = "basic",
        /// HTTP digest.
        Digest = "digest",
        /// A form posted as `application/x-www-form-urlencoded`.
        Form = "form",
        /// A JSON object posted, a bearer token in the answer.
        Bearer = "bearer",
        /// SSH with a password.
        Ssh = "ssh",
        /// The login prompt of a text console.
        Telnet = "telnet",
        /// FTP.
        Ftp = "ftp",
        /// RTSP, basic or digest as the server asks.
        Rtsp = "rtsp",
        /// MQTT with user name and password.
        Mqtt = "mqtt",
        /// CoAP over DTLS with a pre-shared key.
        CoapPsk = "coap-psk",
        /// An SNMP community.
        SnmpCommunity = "snmp-community",
    }
}

impl LoginKind {
    /// Over HTTP.
    pub fn is_web(self) -> bool {
        matches!(self, Self::Basic | Self::Digest | Self::Form | Self::Bearer)
    }
}

names! {
    /// Protocols over which something can be asked of a service.
    pub enum AccessKind {
        /// A web address: `target` is the path.
        Http = "http",
        /// An MQTT topic: `method` is `subscribe` or `publish`.
        Mqtt = "mqtt",
        /// A CoAP resource: `target` is the path.
        Coap = "coap",
        /// An RTSP stream: `target` is the path.
        Rtsp = "rtsp",
        /// An SNMP object: `target` is its identifier, `method` is `get` or `set`.
        Snmp = "snmp",
    }
}

names! {
    /// Why a component has no update mechanism.
    pub enum NoUpdateReason {
        /// An update cannot be carried out in practice.
        Impracticable = "impracticable",
        /// Left out for security.
        Security = "security",
        /// Anything else.
        Other = "other",
    }
}

names! {
    /// What a security parameter is used for.
    pub enum ParameterPurpose {
        /// Integrity or authenticity check of updates.
        UpdateCheck = "update-check",
        /// Protecting communication with associated services.
        AssociatedService = "associated-service",
        /// Authentication.
        Authentication = "authentication",
        /// Anything else.
        Other = "other",
    }
}

names! {
    /// Whether an interface has to be exposed.
    pub enum Exposure {
        /// Always.
        Required = "required",
        /// Now and then.
        Intermittent = "intermittent",
        /// Never.
        Never = "never",
    }
}

names! {
    /// Where a resource is published.
    pub enum ResourceKind {
        /// A page or file on the web.
        Url = "url",
        /// A file below `documents/`.
        Document = "document",
        /// The label of the device.
        Label = "label",
        /// The user interface of the device or app.
        UserInterface = "user-interface",
    }
}

names! {
    /// Why the device believes a peer that it calls.
    pub enum PeerTrust {
        /// A certificate, key or authority of the maker that is built in.
        Pinned = "pinned",
        /// Authorities that everybody trusts.
        Public = "public",
        /// Whoever was met first.
        FirstUse = "first-use",
        /// It believes everybody.
        Nobody = "none",
    }
}

names! {
    /// What can fail around the device.
    pub enum OutageKind {
        /// Its own link: cable or radio.
        Link = "link",
        /// The way from the local network to the internet.
        Uplink = "uplink",
        /// The look-up of names.
        Names = "names",
        /// The services that it calls.
        Services = "services",
        /// Power.
        Power = "power",
    }
}

names! {
    /// How an update package comes to the device.
    pub enum PackageWay {
        /// The device fetches it.
        Pull = "pull",
        /// The user hands it to the device over HTTP.
        Upload = "upload",
    }
}

names! {
    /// Where input arrives.
    pub enum InputKind {
        /// An HTML form, sent as `application/x-www-form-urlencoded`.
        Form = "form",
        /// A JSON object in the body of an HTTP request.
        Json = "json",
        /// The query of a web address.
        Query = "query",
        /// The payload of an MQTT topic at a broker of the device.
        Mqtt = "mqtt",
        /// The payload of a CoAP request.
        Coap = "coap",
        /// A datagram of a service of its own kind.
        Datagram = "datagram",
    }
}

names! {
    /// What a field of an input takes.
    pub enum FieldKind {
        /// Text.
        Text = "text",
        /// A whole number.
        Integer = "integer",
        /// A number with decimals.
        Decimal = "decimal",
        /// One of the listed choices.
        Choice = "choice",
        /// A time of day, hours and minutes.
        Time = "time",
        /// Yes or no.
        Flag = "flag",
    }
}

names! {
    /// What a mechanism or a stored parameter is protected by.
    pub enum Guarantee {
        /// Nobody alters it unnoticed.
        Integrity = "integrity",
        /// It comes from whom it claims to come from.
        Authenticity = "authenticity",
        /// Nobody without right reads it.
        Confidentiality = "confidentiality",
        /// What was sent once is not taken again.
        ReplayProtection = "replay-protection",
        /// Both sides know whom they talk to.
        PeerAuthentication = "peer-authentication",
        /// It withstands physical, electrical and software tampering.
        TamperResistance = "tamper-resistance",
        /// Older software is refused.
        AntiRollback = "anti-rollback",
    }
}

names! {
    /// What the value of a security parameter is.
    pub enum ParameterContent {
        /// A password, PIN or other value that a person enters, or its hash.
        Password = "password",
        /// A private key.
        PrivateKey = "private-key",
        /// A secret key of symmetric cryptography.
        SecretKey = "secret-key",
        /// A token, session name or one-time code.
        Token = "token",
        /// A public key or its hash.
        PublicKey = "public-key",
        /// A certificate.
        Certificate = "certificate",
        /// Anything else.
        Other = "other",
    }
}

impl ParameterContent {
    /// Whether its disclosure harms by itself: then the parameter is critical. `None` for `other`.
    pub fn is_secret(self) -> Option<bool> {
        match self {
            Self::Password | Self::PrivateKey | Self::SecretKey | Self::Token => Some(true),
            Self::PublicKey | Self::Certificate => Some(false),
            Self::Other => None,
        }
    }
}

names! {
    /// How a value comes into the device.
    pub enum ProvisioningWay {
        /// It stands in the source code.
        SourceCode = "source-code",
        /// Written into each unit at production.
        Production = "production",
        /// Entered by the user.
        User = "user",
        /// Made on the device.
        Device = "device",
        /// Agreed with or handed over by another machine after production.
        Peer = "peer",
        /// Part of the software image, the same for all units.
        Image = "image",
        /// Anything else.
        Other = "other",
    }
}

names! {
    /// Where the chance in a value comes from.
    pub enum ChanceSource {
        /// A hardware generator.
        Hardware = "hardware-generator",
        /// A cryptographic generator in software that is seeded well.
        Software = "software-generator",
        /// Key agreement with fresh keys.
        KeyAgreement = "key-agreement",
        /// Derived from another value.
        Derived = "derived",
        /// A person chose it.
        User = "user",
        /// None: the value is fixed.
        Fixed = "none",
    }
}

names! {
    /// What starts an update.
    pub enum UpdateStart {
        /// The device by itself.
        Automatic = "automatic",
        /// An associated service, e.g. the app.
        AssociatedService = "associated-service",
        /// A web interface of the device.
        DeviceInterface = "device-interface",
        /// Anything else.
        Other = "other",
    }
}

names! {
    /// Who looks for updates.
    pub enum UpdateChecker {
        /// The device.
        Device = "device",
        /// An associated service.
        AssociatedService = "associated-service",
        /// The user.
        User = "user",
    }
}

names! {
    /// The trust relationship on which the check of an update rests.
    pub enum UpdateTrust {
        /// A digital signature over the update.
        Signature = "signature",
        /// The channel is authenticated.
        AuthenticatedChannel = "authenticated-channel",
        /// The sender is on a network that only takes in who has a critical parameter or password.
        JoinedNetwork = "joined-network",
        /// The user confirms it.
        UserConfirmation = "user-confirmation",
        /// Anything else.
        Other = "other",
    }
}

names! {
    /// What protects an interface.
    pub enum InterfaceProtection {
        /// The casing of the device.
        Casing = "casing",
        /// Something that does the same as a casing.
        LikeCasing = "like-casing",
        /// Software that disables it.
        SoftwareDisable = "software-disable",
        /// Whoever uses it is authenticated.
        Authentication = "authentication",
        /// Anything else.
        Other = "other",
    }
}

names! {
    /// What a decision of the user is about, where the safe default is known.
    pub enum DecisionTopic {
        /// Installation of updates without the user.
        AutomaticUpdates = "automatic-updates",
        /// Notices of updates.
        UpdateNotices = "update-notices",
        /// A way into the device from the internet.
        RemoteAccess = "remote-access",
        /// A network service or interface.
        Service = "service",
        /// Telemetry or the processing of personal data.
        Telemetry = "telemetry",
        /// The choice of an own password or key.
        Credential = "credential",
        /// Anything else.
        Other = "other",
    }
}

names! {
    /// Who examined an implementation.
    pub enum Reviewer {
        /// The team that wrote it.
        OwnTeam = "own-team",
        /// Another team of the supplier.
        OtherTeam = "other-team",
        /// Somebody outside.
        ThirdParty = "third-party",
        /// The public, in an open project.
        Public = "public",
        /// A certification body.
        Certification = "certification",
    }
}
