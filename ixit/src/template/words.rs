//! What the comments of a template say, by language.

use crate::edition::Edition;
use crate::provision::Provision;
use crate::table::{Field, Table};
use crate::translation::{Translation, japanese};

use super::Language;

/// The texts of one language that do not come from the tables.
pub(crate) struct Words {
    pub(crate) ics_head: &'static str,
    pub(crate) ixit_head: &'static str,
    pub(crate) bench_head: &'static str,
    pub(crate) how_to_fill: &'static str,
    pub(crate) ics_provisions: &'static str,
    pub(crate) evidence: &'static str,
    pub(crate) empty: &'static str,
    pub(crate) companions: &'static str,
    pub(crate) always: &'static str,
    pub(crate) only: &'static str,
    pub(crate) optional: &'static str,
    pub(crate) values: &'static str,
    pub(crate) proposals: &'static str,
    pub(crate) references: &'static str,
    /// Keys of `[dut]`; those not listed keep the English description.
    pub(crate) dut: &'static [(&'static str, &'static str)],
    /// Keys of `[supplier]`.
    pub(crate) supplier: &'static [(&'static str, &'static str)],
    /// Comment and lines of each part of a bench file.
    pub(crate) bench: &'static [(&'static str, &'static str)],
}

pub(crate) fn of(language: Language) -> &'static Words {
    match language {
        Language::En => &ENGLISH,
        Language::Ja => &JAPANESE,
    }
}

/// The texts that come from the tables.
pub(crate) struct TableWords {
    edition: Edition,
    language: Language,
}

impl TableWords {
    pub(crate) fn new(edition: Edition, language: Language) -> Self {
        Self { edition, language }
    }

    fn japanese(&self) -> Option<&'static Translation> {
        (self.language == Language::Ja).then(|| japanese(self.edition))
    }

    pub(crate) fn provision_title<'t>(&self, provision: &'t Provision) -> &'t str {
        self.japanese().and_then(|ja| ja.provision.get(&provision.id)).unwrap_or(&provision.title)
    }

    pub(crate) fn table_title<'t>(&self, table: &'t Table) -> &'t str {
        self.japanese().and_then(|ja| ja.table.get(&table.key)).map_or(&table.title, |table| &table.title)
    }

    pub(crate) fn meaning<'t>(&self, table: &'t Table, field: &'t Field) -> &'t str {
        self.japanese().and_then(|ja| ja.field(table, field)).map_or(&field.meaning, |field| &field.meaning)
    }

    /// The heading of the standard, and that of the language beside it.
    pub(crate) fn heading(&self, table: &Table, field: &Field) -> String {
        match self.japanese().and_then(|ja| ja.field(table, field)) {
            Some(said) if said.name != field.name => format!("{} / {}", field.name, said.name),
            _ => field.name.clone(),
        }
    }

    pub(crate) fn condition<'t>(&self, when: &'t str) -> &'t str {
        self.japanese().and_then(|ja| ja.condition.get(when)).map_or(when, String::as_str)
    }

    pub(crate) fn companion<'t>(&self, key: &str, doc: &'t str) -> &'t str {
        self.japanese().and_then(|ja| ja.companion.get(key)).map_or(doc, String::as_str)
    }

    /// The description of a key inside a companion, where the language has one.
    pub(crate) fn member(&self, doc: &'static str) -> &'static str {
        if self.language == Language::En { doc } else { "" }
    }
}

const ENGLISH: Words = Words {
    ics_head: "Implementation conformance statement (ICS): what is assessed, and which provisions the device supports.\nFilled in by the supplier.",
    ixit_head: "Implementation extra information for testing (IXIT): how the device does what the ICS claims.\nFilled in by the supplier. A row begins with [[table]], a form with [table]. Ids are unique in the whole file.",
    bench_head: "The bench: who tests, with what, and where the device is. Filled in by the laboratory, never by the supplier.\nIt is used only when named with --bench FILE or after `hantei bench accept`.",
    how_to_fill: "To fill in a line that is commented out, take away its # sign; lines that begin with # and a space explain.\nReplace every \"...\". `hantei check` names what is still open and what is wrong.",
    ics_provisions: "One entry per provision. Status: M mandatory, R recommended, C under a condition.\nsupport: \"Y\" supported, \"N\" not supported, \"N/A\" not applicable.\ndetail: the measure (Y), why it is left out (N), why it does not apply (N/A). A recommendation with N or N/A needs it.",
    evidence: "Certificates and evaluations that may cover a provision, one [[external_evidence]] each.\nThe document lies below documents/. It counts only after an assessor has decided on scope, version and validity.",
    empty: "Tables without entries, each with the reason. A table that is neither filled nor named here is a finding.",
    companions: "Companions: the same as the prose above, in a form that lets a machine decide. Leave out what does not apply.",
    always: "always to be filled",
    only: "to be filled",
    optional: "may be left out",
    values: "one of",
    proposals: "usual values",
    references: "ids of rows of",
    dut: &[],
    supplier: &[],
    bench: &[
        (
            "The laboratory. What is missing is printed as \"not stated\" and never blocks.\nassessment: \"first-party\", \"second-party\" or \"third-party\". report: the number that you give the report.\ncustomer: who ordered the test; without it the supplier.",
            "[lab]\n#name = \"...\"\n#accreditation = \"...\"\n#assessment = \"first-party\"\n#operator = \"...\"\n#assessor = \"...\"\n#authorizer = \"...\"\n#place = \"...\"\n#contact = \"...\"\n#report = \"...\"\n#customer = \"...\"",
        ),
        (
            "Equipment used, one [[equipment]] each.",
            "#[[equipment]]\n#id = \"E1\"\n#kind = \"tester-host\"\n#description = \"...\"\n#serial = \"...\"\n#calibrated_until = \"2027-01-31\"",
        ),
        (
            "Samples of the device, one [[sample]] each; a run needs at least one. Only these addresses are contacted.\nsource: the address to test from. label_password: as a secret, see below.",
            "#[[sample]]\n#id = \"S1\"\n#serial = \"...\"\n#address = \"192.0.2.10\"\n#further_addresses = [\"2001:db8::10\"]\n#mac = \"02:00:5e:00:53:01\"\n#source = \"192.0.2.1\"\n#label_password = { env = \"SAMPLE_1_LABEL\" }\n#ssid = \"...\"\n#interface = \"eth1\"\n#bluetooth_name = \"...\"\n#bluetooth_address = \"00:11:22:33:44:55/public\"\n#compare_only = false\n#received = \"2026-01-31\"\n#condition = \"...\"",
        ),
        (
            "Other parts of the product that take part in the test: hub, app, associated service.",
            "#[[component]]\n#id = \"hub\"\n#kind = \"hub\"\n#description = \"...\"\n#version = \"...\"",
        ),
        (
            "Credentials by the id of the row in IXIT 1-AuthMech.\nSecrets: { env = \"NAME\" } from the environment, { file = \"path\" } relative to this file,\n{ value = \"...\" } written here; a value is never stored in a run.",
            "#[credentials.AuthMech-1]\n#user = \"admin\"\n#secret = { env = \"DEVICE_PASSWORD\" }",
        ),
        (
            "What the bench can do by itself, as lists of arguments; no shell reads them. What is absent the operator is asked to do.",
            "[actions]\n#factory_reset = [\"./reset\", \"--hold\", \"10\"]\n#onboard = [\"./onboard\"]\n#power_off = [\"./power\", \"off\"]\n#power_on = [\"./power\", \"on\"]\n#link_down = [\"./link\", \"down\"]\n#link_up = [\"./link\", \"up\"]\n#trigger_update = [\"./update\"]\n#names_to_bench = [\"./names\", \"bench\"]\n#names_to_peers = [\"./names\", \"peers\"]\n#reconnect = [\"./reconnect\"]\n#uplink_down = [\"./uplink\", \"down\"]\n#uplink_up = [\"./uplink\", \"up\"]\n#names_down = [\"./names\", \"down\"]\n#names_up = [\"./names\", \"up\"]\n#services_down = [\"./services\", \"down\"]\n#services_up = [\"./services\", \"up\"]\n#alter_software = [\"./software\", \"alter\"]\n#restore_software = [\"./software\", \"restore\"]\n#allow_pairing = [\"./press\", \"pairing\"]\n#read_passkey = [\"./camera\", \"digits\"]\n#confirm_number = [\"./press\", \"yes\"]",
        ),
        (
            "The Bluetooth LE adapter of the tester. Without one nothing is observed over Bluetooth LE, and what rests on it stays open.\nThe sample is found by bluetooth_name or bluetooth_address, see above.",
            "#[bluetooth]\n#adapter = \"hci:0\"\n#listen_seconds = 15",
        ),
        (
            "How gently the device is treated. per_second = 0 means no limit of its own.",
            "[limits]\n#parallel = 64\n#per_second = 0\n#timeout_ms = 800\n#max_wrong_credentials = 30\n#recovery_seconds = 180\n#budget_seconds = 0",
        ),
        (
            "What may disturb the device, as the owner of the sample agreed. What is not agreed to is left out, and what rests on it stays open.\nlock_out: wrong credentials until a login locks. change_credentials: a password is changed and changed back.\nchange_state: functions that change something are called. play_peers: the bench answers in place of its services.\ninterrupt: network and power are taken away and given back. alter_software: its software is altered, and restored.\ninstall_updates: update packages are offered, good and bad. hostile_input: input that it does not expect is sent.\nerase_data: data of its user are deleted. pair: it is paired with over Bluetooth LE, and may keep the pairing.",
            "[consent]\n#lock_out = true\n#change_credentials = true\n#change_state = true\n#play_peers = true\n#interrupt = true\n#alter_software = true\n#install_updates = true\n#hostile_input = true\n#erase_data = true\n#pair = true",
        ),
        (
            "Where the bench listens in place of a peer of the device, by host name.",
            "[world]\n#\"cloud.supplier.example\" = \"192.0.2.1:8883\"",
        ),
        (
            "An authority that the device trusts, lent by the supplier for the test: only with it can a wrong name, wrong dates or a weak signature be told from an unknown authority.\nBoth as secrets, each a PEM text.",
            "#[authority]\n#certificate = { file = \"test-authority.pem\" }\n#key = { env = \"TEST_AUTHORITY_KEY\" }",
        ),
        (
            "Where the traffic of the device is captured: the interface of the tester that sees all of its frames, and how long the idle device is looked at.",
            "[capture]\n#interface = \"eth1\"\n#idle_seconds = 300\n#repetitions = 3",
        ),
        (
            "Data that was given to the device for the test, by the id of the IXIT row; captures are searched for it. Use invented data.",
            "[plant]\n#PersData-1 = [\"Invented Name\", \"name@example.com\"]",
        ),
        (
            "Authentic update packages of the supplier, newer and older than the declared firmware, for another model, and stale (newer, with a list whose time is over); bad ones are made from them. Path: where the device asks for the file.",
            "#[[update_package]]\n#mechanism = \"UpdMech-1\"\n#kind = \"newer\"\n#version = \"1.5.0\"\n#file = [{ path = \"/wh-100/newest.json\", file = \"packages/newest.json\" }, { path = \"/wh-100/1.5.0.bin\", file = \"packages/1.5.0.bin\" }]",
        ),
        (
            "Files that a person or an instrument took from the device, or that the supplier handed in: serial-log, firmware-image.",
            "#[[handed_in]]\n#kind = \"serial-log\"\n#of = \"Intf-Serial\"\n#file = \"serial.log\"\n#taken = \"115200 baud, from power-on to the first page\"",
        ),
        (
            "Data on known vulnerabilities, set against the bills of materials: a file, a folder or a zip archive of osv records or csaf documents.",
            "#[[vulnerability_data]]\n#format = \"osv\"\n#file = \"osv/crates.io.zip\"",
        ),
        (
            "Authorities that the bench trusts in TLS: PEM files, relative to this file.",
            "[tls]\n#trust = [\"maker-ca.pem\"]",
        ),
        (
            "For the report: deviations from the method, the decision rule, what others did for the laboratory, and opinions, which stand apart from the results.",
            "[method]\n#deviations = \"...\"\n#decision_rule = \"...\"\n#subcontracted = \"...\"\n#opinions = \"...\"\n#crypto_policy = \"consumer-iot\"",
        ),
        (
            "Published resources (policy, support period) that may be fetched besides the device: host name and address with port.",
            "[hosts]\n#\"supplier.example\" = \"192.0.2.80:443\"",
        ),
    ],
};

const JAPANESE: Words = Words {
    ics_head: "実装適合宣言 (ICS): 評価の対象と、機器が対応する規定。\n供給者が記入する。",
    ixit_head: "試験のための追加情報 (IXIT): ICS の主張を機器がどう実現しているか。\n供給者が記入する。行は [[表]]、様式は [表] で始まる。ID はファイル全体で一意にする。",
    bench_head: "試験環境: 誰が、何を使って試験し、機器がどこにあるか。試験機関が記入し、供給者は記入しない。\n--bench FILE で指定したとき、または `hantei bench accept` の後にだけ使われる。",
    how_to_fill: "コメントになっている行は、行頭の # を取り除いて記入する。「# 」（# と空白）で始まる行は説明である。\n\"...\" はすべて置き換える。残っている箇所と誤りは `hantei check` が示す。",
    ics_provisions: "規定ごとに一つ記入する。ステータス: M 必須、R 推奨、C 条件付き。\nsupport: \"Y\" 対応、\"N\" 非対応、\"N/A\" 該当しない。\ndetail: 対策 (Y)、実施しない理由 (N)、該当しない理由 (N/A)。推奨事項を N または N/A とする場合は必ず書く。",
    evidence: "規定を満たす根拠になり得る認証や評価。[[external_evidence]] を一つずつ書く。\n文書は documents/ の下に置く。範囲、版、有効期限を評価者が判断した後にだけ使われる。",
    empty: "記入するものがない表とその理由。記入も理由もない表は指摘となる。",
    companions: "付属項目: 上の文章と同じ内容を、機械が判定できる形で書く。当てはまらないものは省く。",
    always: "必ず記入",
    only: "次の場合に記入",
    optional: "省略できる",
    values: "次のいずれか",
    proposals: "よく使う値",
    references: "参照できる行の表",
    dut: &[
        ("manufacturer", "製造者。"),
        ("model", "型番。"),
        ("hardware", "ハードウェアの版。"),
        ("firmware", "ファームウェアの版。"),
        ("firmware_sha256", "提出したファームウェアイメージの SHA-256。"),
        ("constrained", "制約のある機器か（EN 303 645 の条件 4 と 5）。"),
        ("constrained_reason", "制約のある機器とする理由。"),
        ("associated_services", "関連サービスとその版。"),
        ("app", "連携アプリとその版。"),
        ("variants", "宣言が対象とする派生品と、その根拠。"),
        ("identity", "機器自身が型番、製造番号、ファームウェアの版を示す場所。"),
    ],
    supplier: &[
        ("name", "名称。"),
        ("contact", "試験機関からの連絡先。"),
        ("date", "宣言の日付 (ISO 8601)。"),
    ],
    bench: &[
        (
            "試験機関。書かれていない項目は「記載なし」と印刷され、試験は止まらない。\nassessment: \"first-party\"（第一者）、\"second-party\"（第二者）、\"third-party\"（第三者）。report: 報告書に付ける番号。\ncustomer: 試験の依頼者。なければ供給者とする。",
            "[lab]\n#name = \"...\"\n#accreditation = \"...\"\n#assessment = \"first-party\"\n#operator = \"...\"\n#assessor = \"...\"\n#authorizer = \"...\"\n#place = \"...\"\n#contact = \"...\"\n#report = \"...\"\n#customer = \"...\"",
        ),
        (
            "使用する機材。[[equipment]] を一つずつ書く。",
            "#[[equipment]]\n#id = \"E1\"\n#kind = \"tester-host\"\n#description = \"...\"\n#serial = \"...\"\n#calibrated_until = \"2027-01-31\"",
        ),
        (
            "機器のサンプル。[[sample]] を一つずつ書く。試験には少なくとも一つ必要。ここにあるアドレスとだけ通信する。\nsource: 試験に使う側のアドレス。label_password: 下に述べる秘密情報として書く。",
            "#[[sample]]\n#id = \"S1\"\n#serial = \"...\"\n#address = \"192.0.2.10\"\n#further_addresses = [\"2001:db8::10\"]\n#mac = \"02:00:5e:00:53:01\"\n#source = \"192.0.2.1\"\n#label_password = { env = \"SAMPLE_1_LABEL\" }\n#ssid = \"...\"\n#interface = \"eth1\"\n#bluetooth_name = \"...\"\n#bluetooth_address = \"00:11:22:33:44:55/public\"\n#compare_only = false\n#received = \"2026-01-31\"\n#condition = \"...\"",
        ),
        (
            "試験に加わる製品の他の部分（ハブ、アプリ、関連サービス）。",
            "#[[component]]\n#id = \"hub\"\n#kind = \"hub\"\n#description = \"...\"\n#version = \"...\"",
        ),
        (
            "IXIT 1-AuthMech の行の ID ごとの認証情報。\n秘密情報: 環境変数は { env = \"NAME\" }、このファイルからの相対パスは { file = \"path\" }、\n直接書く場合は { value = \"...\" }。値が実行記録に保存されることはない。",
            "#[credentials.AuthMech-1]\n#user = \"admin\"\n#secret = { env = \"DEVICE_PASSWORD\" }",
        ),
        (
            "試験環境が自動で行える操作を引数の並びで書く。シェルは使わない。書かれていない操作は担当者に依頼する。",
            "[actions]\n#factory_reset = [\"./reset\", \"--hold\", \"10\"]\n#onboard = [\"./onboard\"]\n#power_off = [\"./power\", \"off\"]\n#power_on = [\"./power\", \"on\"]\n#link_down = [\"./link\", \"down\"]\n#link_up = [\"./link\", \"up\"]\n#trigger_update = [\"./update\"]\n#names_to_bench = [\"./names\", \"bench\"]\n#names_to_peers = [\"./names\", \"peers\"]\n#reconnect = [\"./reconnect\"]\n#uplink_down = [\"./uplink\", \"down\"]\n#uplink_up = [\"./uplink\", \"up\"]\n#names_down = [\"./names\", \"down\"]\n#names_up = [\"./names\", \"up\"]\n#services_down = [\"./services\", \"down\"]\n#services_up = [\"./services\", \"up\"]\n#alter_software = [\"./software\", \"alter\"]\n#restore_software = [\"./software\", \"restore\"]\n#allow_pairing = [\"./press\", \"pairing\"]\n#read_passkey = [\"./camera\", \"digits\"]\n#confirm_number = [\"./press\", \"yes\"]",
        ),
        (
            "試験に使う Bluetooth LE アダプター。なければ Bluetooth LE での観測は行わず、それに基づく判定は未確定のまま残る。\nサンプルは上の bluetooth_name または bluetooth_address で見つける。",
            "#[bluetooth]\n#adapter = \"hci:0\"\n#listen_seconds = 15",
        ),
        (
            "機器への負荷の上限。per_second = 0 は上限なし。",
            "[limits]\n#parallel = 64\n#per_second = 0\n#timeout_ms = 800\n#max_wrong_credentials = 30\n#recovery_seconds = 180\n#budget_seconds = 0",
        ),
        (
            "機器を妨げるおそれのある試験への同意。同意のないものは行わず、それに基づく判定は未確定のまま残る。\nlock_out: ログインがロックされるまで誤った認証情報を試す。change_credentials: パスワードを変更し、元に戻す。\nchange_state: 何かを変更する機能を呼び出す。play_peers: 機器の接続先の代わりに試験環境が応答する。\ninterrupt: ネットワークや電源を切って戻す。alter_software: ソフトウェアを改変し、元に戻す。\ninstall_updates: 正しい更新パッケージと不正な更新パッケージを提示する。hostile_input: 想定しない入力を送る。\nerase_data: 利用者のデータを消去する。pair: Bluetooth LE でペアリングを行う（機器に残ることがある）。",
            "[consent]\n#lock_out = true\n#change_credentials = true\n#change_state = true\n#play_peers = true\n#interrupt = true\n#alter_software = true\n#install_updates = true\n#hostile_input = true\n#erase_data = true\n#pair = true",
        ),
        (
            "機器の接続先の代わりに試験環境が待ち受けるアドレス。ホスト名ごとに書く。",
            "[world]\n#\"cloud.supplier.example\" = \"192.0.2.1:8883\"",
        ),
        (
            "試験のためにサプライヤーが貸し出す、機器が信頼する認証局。これがあるときにだけ、名前の誤り、期限の誤り、弱い署名を、未知の認証局と区別できる。\nどちらも秘密の値として書き、中身は PEM とする。",
            "#[authority]\n#certificate = { file = \"test-authority.pem\" }\n#key = { env = \"TEST_AUTHORITY_KEY\" }",
        ),
        (
            "機器の通信を記録する場所。機器の全フレームが見える試験者側のインターフェースと、何もしないで観察する秒数。",
            "[capture]\n#interface = \"eth1\"\n#idle_seconds = 300\n#repetitions = 3",
        ),
        (
            "試験のために機器に与えたデータ。IXIT の行の ID ごとに書く。記録した通信からこれを探す。架空のデータを使うこと。",
            "[plant]\n#PersData-1 = [\"Invented Name\", \"name@example.com\"]",
        ),
        (
            "供給者の正規の更新パッケージ（宣言したファームウェアより新しいもの、古いもの、別の型番のもの、stale：新しいが一覧の有効期限が過ぎたもの）。不正なものはここから作る。path は機器が取りに来る場所。",
            "#[[update_package]]\n#mechanism = \"UpdMech-1\"\n#kind = \"newer\"\n#version = \"1.5.0\"\n#file = [{ path = \"/wh-100/newest.json\", file = \"packages/newest.json\" }, { path = \"/wh-100/1.5.0.bin\", file = \"packages/1.5.0.bin\" }]",
        ),
        (
            "人や測定器が機器から取得したファイル、または供給者が提出したファイル。serial-log、firmware-image。",
            "#[[handed_in]]\n#kind = \"serial-log\"\n#of = \"Intf-Serial\"\n#file = \"serial.log\"\n#taken = \"115200 baud\"",
        ),
        (
            "既知の脆弱性のデータ。部品表（SBOM）と照合する。osv のレコードまたは csaf の文書の、ファイル、フォルダまたは zip。",
            "#[[vulnerability_data]]\n#format = \"osv\"\n#file = \"osv/crates.io.zip\"",
        ),
        (
            "TLS で信頼する認証局の証明書。PEM ファイルを、このファイルからの相対パスで書く。",
            "[tls]\n#trust = [\"maker-ca.pem\"]",
        ),
        (
            "報告書に載せるもの: 方法からの逸脱、判定規則、外部に委ねた試験、意見（結果とは分けて載せる）。",
            "[method]\n#deviations = \"...\"\n#decision_rule = \"...\"\n#subcontracted = \"...\"\n#opinions = \"...\"\n#crypto_policy = \"consumer-iot\"",
        ),
        (
            "機器のほかに取得してよい公開資料（方針、サポート期間）のホスト名と、アドレスおよびポート。",
            "[hosts]\n#\"supplier.example\" = \"192.0.2.80:443\"",
        ),
    ],
};
