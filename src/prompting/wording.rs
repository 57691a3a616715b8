//! The words around a question, by language. Those of the catalogue and of the IXIT tables come from there.

use harness::testcases::texts::Language;
use harness::testcases::{DutState, PromptKind, Role, Verdict};

/// Words of one language.
pub(crate) struct Words {
    pub(super) provision: &'static str,
    pub(super) case: &'static str,
    pub(super) item: &'static str,
    pub(super) state: &'static str,
    pub(super) sample: &'static str,
    pub(super) to_do: &'static str,
    pub(super) look_at: &'static str,
    pub(super) suggestion: &'static str,
    pub(super) question: &'static str,
    pub(super) seen: &'static str,
    pub(super) computed: &'static str,
    pub(super) structured: &'static str,
    ways_out: &'static str,
    why: &'static str,
    why_needed: &'static str,
    again: &'static str,
    pub(super) between: &'static str,
    pub(super) colon: &'static str,
    companions: &'static str,
    deviations: &'static str,
    external: &'static str,
    operator: &'static str,
    language: Language,
}

const ENGLISH: Words = Words {
    provision: "Provision",
    case: "Case",
    item: "Item",
    state: "State",
    sample: "Sample",
    to_do: "To do",
    look_at: "Look at",
    suggestion: "The facts suggest",
    question: "Question",
    seen: "Seen",
    computed: "Computed",
    structured: "(structured data)",
    ways_out: " (Enter leaves it open, [q] ends)",
    why: "Why (Enter for none)",
    why_needed: "Why (needed; without a reason it stays open)",
    again: "That is not one of the answers.",
    between: ", ",
    colon: ": ",
    companions: "Do the structured data of a row agree with its prose",
    deviations: "N/A on mandatory provisions",
    external: "External evidence",
    operator: "For the operator at the device",
    language: Language::En,
};

const JAPANESE: Words = Words {
    provision: "規定",
    case: "テストケース",
    item: "対象",
    state: "状態",
    sample: "サンプル",
    to_do: "作業",
    look_at: "確認する点",
    suggestion: "事実からの見込み",
    question: "質問",
    seen: "観測",
    computed: "計算",
    structured: "（構造化データ）",
    ways_out: "（Enter だけで未決のまま、[q] で終わる）",
    why: "理由（なければ Enter）",
    why_needed: "理由（必須。なければ未決のまま）",
    again: "その答えは選べません。",
    between: "、",
    colon: "：",
    companions: "行の構造化データが文章と一致するか",
    deviations: "必須の規定に対する N/A",
    external: "外部の証拠",
    operator: "機器を操作する人への質問",
    language: Language::Ja,
};

/// Names of what is shown that is no field of a table: label, English, Japanese.
const NAMES: &[(&str, &str, &str)] = &[
    ("bill-of-materials", "bill of materials", "部品表（SBOM）"),
    ("computed", "Computed", "計算"),
    ("date", "Assessment date", "評価日"),
    ("declared.address", "Declared address", "宣言されたアドレス"),
    ("deny_list", "deny list", "拒否リスト"),
    ("document", "document", "文書"),
    ("document-denial", "passage in a document that seems to deny it", "文書の中の、否定と思われる箇所"),
    ("document-gap", "part of a document that was not read", "文書の読めなかった部分"),
    ("document-hit", "passage in a document", "文書の該当箇所"),
    ("document-lacks", "words that stand nowhere in a document", "文書のどこにもない語"),
    ("document-unread", "document that was not read", "読めなかった文書"),
    ("dut.firmware", "Firmware of the device", "機器のファームウェア"),
    ("dut.model", "Model of the device", "機器の型式"),
    ("firmware", "Firmware", "ファームウェア"),
    ("found-login", "login that was found", "見つかったログイン"),
    ("handed-in", "files that were handed in", "提出されたファイル"),
    ("guesses_per_day", "guesses per day", "1 日あたりの試行回数"),
    ("http-login", "HTTP login", "HTTP ログイン"),
    ("ics.detail", "Reason in the ICS", "ICS に書かれた理由"),
    ("ics.support", "Support in the ICS", "ICS の対応状況"),
    ("known-vulnerabilities", "known vulnerabilities", "既知の脆弱性"),
    ("model", "Model", "型式"),
    ("network-login", "login over another protocol", "他のプロトコルのログイン"),
    ("page", "page", "ページ"),
    ("passage", "passage", "該当する文"),
    ("public-resource", "public resource", "公開資料"),
    ("samples", "Samples", "サンプル"),
    ("serial", "Serial number", "シリアル番号"),
    ("years_to_half_of_the_values", "years to half of the values", "値の半分を試すのに要する年数"),
    ("scheme", "rule of a scheme", "制度の規則"),
    ("values", "values", "値の数"),
    ("values_needed", "values needed", "必要な値の数"),
    ("pace", "pace of guessing", "試行の速さ"),
    ("gives", "gives at most", "最大限の保証"),
    ("right", "right", "権限"),
    ("credential", "credential", "認証情報"),
];

impl Words {
    /// Those of a language.
    pub(crate) fn of(language: Language) -> &'static Self {
        match language {
            Language::En => &ENGLISH,
            Language::Ja => &JAPANESE,
        }
    }

    /// The language.
    pub(super) fn language(&self) -> Language {
        self.language
    }

    /// What has to be ready.
    pub(super) fn prepare(&self) -> &'static str {
        self.choose("Prepare", "準備")
    }

    /// What is needed.
    pub(super) fn equipment(&self) -> &'static str {
        self.choose("Equipment", "用具")
    }

    /// The name of a step.
    pub(super) fn step(&self, n: usize) -> String {
        self.choose(format!("Step {n}"), format!("手順 {n}"))
    }

    /// What is written down.
    pub(super) fn note_down(&self) -> &'static str {
        self.choose("Note", "記録")
    }

    /// When the answer is yes.
    pub(super) fn criterion(&self) -> &'static str {
        self.choose("Criterion", "基準")
    }

    /// A note that a yes needs.
    pub(super) fn required(&self, note: &str) -> String {
        self.choose(format!("{note} (needed for a yes)"), format!("{note}（「はい」に必須）"))
    }

    /// A note is lacking.
    pub(super) fn needed(&self) -> &'static str {
        self.choose(
            "A yes needs this note; [q] leaves the question open.",
            "「はい」にはこの記録が必要。[q] で未決のまま終わる。",
        )
    }

    /// Whether these are the Japanese ones.
    pub(super) fn japanese(&self) -> bool {
        self.language == Language::Ja
    }

    fn choose<T>(&self, english: T, japanese: T) -> T {
        if self.japanese() { japanese } else { english }
    }

    /// "Question 3 of 510, for the assessor". How many there are is not known while a run goes on.
    pub(super) fn heading(&self, number: usize, of: Option<usize>, role: Role) -> String {
        let role = match role {
            Role::Operator => self.choose("for the operator", "操作者向け"),
            Role::Assessor => self.choose("for the assessor", "評価者向け"),
            Role::Reviewer => self.choose("for the reviewer", "レビュー担当者向け"),
        };
        match of {
            Some(of) => self
                .choose(format!("Question {number} of {of}, {role}"), format!("質問 {number}／{of}、{role}")),
            None => self.choose(format!("Question {number}, {role}"), format!("質問 {number}、{role}")),
        }
    }

    /// A state in words.
    pub(crate) fn state_of(&self, state: DutState) -> &'static str {
        match state {
            DutState::FactoryDefault => self.choose("factory default", "工場出荷時の状態"),
            DutState::Initialization => self.choose("being set up", "初期化中"),
            DutState::Initialized => self.choose("initialized", "初期化された状態"),
            DutState::AfterReset => self.choose("after a reset", "リセット後"),
            DutState::AfterDetectedChange => self.choose("after a detected change", "改変の検知後"),
            DutState::Outage => self.choose("during an outage", "停止中"),
            DutState::Recovered => self.choose("recovered from an outage", "停止からの復旧後"),
        }
    }

    /// What the operator does to bring the device into a state.
    pub(super) fn way_into(&self, state: DutState, action: &str) -> &'static str {
        match (state, action) {
            (DutState::Outage, "power_off") => {
                self.choose("Take the power from the device.", "機器の電源を断つ。")
            }
            (DutState::Outage, _) => self.choose(
                "Cut the device off from its network: pull the cable or switch the access point off.",
                "機器をネットワークから切り離す（ケーブルを抜くか、アクセスポイントを止める）。",
            ),
            (DutState::Recovered, _) => self.choose(
                "Give the device its power and network back, and wait until it is in normal use again.",
                "機器の電源とネットワークを元に戻し、通常の使用に戻るまで待つ。",
            ),
            (DutState::FactoryDefault | DutState::AfterReset, _) => self.choose(
                "Reset the device to factory default as its manual says, wait until it has started, and do not set it up.",
                "取扱説明書に従って機器を工場出荷時の状態に戻し、起動するまで待つ。セットアップはしない。",
            ),
            (DutState::Initialization, _) => self.choose(
                "Begin to set the device up as its manual says, and stop before the set-up is complete.",
                "取扱説明書に従って機器のセットアップを始め、完了する前で止める。",
            ),
            (DutState::Initialized, _) => self.choose(
                "Set the device up as its manual says, with the user names and passwords of the bench file, and leave it in normal use.",
                "取扱説明書に従って、ベンチファイルにあるユーザー名とパスワードで機器をセットアップし、通常の使用の状態にしておく。",
            ),
            (DutState::AfterDetectedChange, _) => self.choose(
                "Bring the device into the state that follows a detected change of its software.",
                "ソフトウェアの改変を検知した後の状態に機器を置く。",
            ),
        }
    }

    /// What an answer to an action does to the run.
    pub(super) fn after_action(&self) -> &'static str {
        self.choose(
            "The run goes on as soon as this is answered. With no, or left open, nothing is observed in this state and the run stays partial.",
            "答えるとすぐに実行が続く。「いいえ」または未決の場合、この状態では何も観測されず、実行は部分的なままになる。",
        )
    }

    /// What the operator does to tell which device is on the bench.
    pub(super) fn way_to_identity(&self) -> &'static str {
        self.choose(
            "Read model, serial number and firmware from the device (label, display or settings) and compare them with what is declared, below. The run goes on as soon as this is answered; with no, it stops and its verdict is not to be used.",
            "機器のラベル、表示または設定画面で型式、シリアル番号、ファームウェアを読み、以下の宣言と比べる。答えるとすぐに実行が続く。「いいえ」の場合は止まり、その判定は使えない。",
        )
    }

    /// The question of a prompt that belongs to no unit, by the first part of its id.
    pub(super) fn question_of(&self, kind: &str) -> &'static str {
        match kind {
            "companion" => self.choose(
                "Do the structured data of this row say the same as its prose?",
                "この行の構造化データは、文章と同じことを述べているか。",
            ),
            "not-applicable" => self.choose(
                "Is N/A on this mandatory provision accepted, as a deviation that the report prints?",
                "この必須の規定に対する N/A を、報告書に記載する逸脱として認めるか。",
            ),
            "external" => self.choose(
                "Does this evidence count for the device: do scope, version and validity fit?",
                "この証拠は機器に有効か。範囲、版、有効期間は合っているか。",
            ),
            "identity" => self
                .choose("Is the device on the bench the declared one?", "ベンチ上の機器は宣言された機器か。"),
            _ => self.choose("Has this been done?", "これを実施したか。"),
        }
    }

    /// What the machine would answer.
    pub(super) fn suggested(&self, verdict: Verdict) -> &'static str {
        match verdict {
            Verdict::Pass => self.choose("yes", "はい"),
            Verdict::Fail => self.choose("no", "いいえ"),
            Verdict::Inconclusive => self.choose("cannot tell", "判断できない"),
            Verdict::NotApplicable | Verdict::NotClaimed => verdict.as_str(),
        }
    }

    /// What can be answered.
    pub(crate) fn choices(&self, kind: &PromptKind) -> String {
        match kind {
            PromptKind::YesNo => {
                self.choose("[y]es, [n]o, [c]annot tell", "[y] はい、[n] いいえ、[c] 判断できない").to_owned()
            }
            PromptKind::Choice { options } => {
                format!("{} {}", self.choose("one of:", "次のいずれか："), options.join(self.between))
            }
            PromptKind::Number { unit } if unit.is_empty() => self.choose("a number", "数値").to_owned(),
            PromptKind::Number { unit } => {
                self.choose(format!("a number in {unit}"), format!("数値（単位：{unit}）"))
            }
            PromptKind::Text => self.choose("text", "文字列").to_owned(),
            PromptKind::File => self.choose("path of a file", "ファイルのパス").to_owned(),
        }
    }

    /// How to leave a question.
    pub(super) fn ways_out(&self) -> &'static str {
        self.ways_out
    }

    /// Asks for the reason of an answer.
    pub(super) fn reason(&self, needed: bool) -> &'static str {
        if needed { self.why_needed } else { self.why }
    }

    /// Says that a line is no answer.
    pub(super) fn again(&self) -> &'static str {
        self.again
    }

    /// Heading over the prompts that belong to no unit, by the first part of their id.
    pub(crate) fn group_of<'a>(&'a self, kind: &'a str) -> &'a str {
        match kind {
            "companion" => self.companions,
            "not-applicable" => self.deviations,
            "external" => self.external,
            "action" | "identity" => self.operator,
            other => other,
        }
    }

    /// "3 open"
    pub(crate) fn open(&self, count: usize) -> String {
        self.choose(format!("{count} open"), format!("未決 {count} 件"))
    }

    /// "3 of 510 open"
    pub(crate) fn listed(&self, count: usize, of: usize) -> String {
        self.choose(format!("{count} listed of {of} open"), format!("未決 {of} 件のうち {count} 件"))
    }

    /// The name of what is shown and is no field; the label itself, spelled as words, where there is none.
    pub(super) fn name_of(&self, label: &str) -> String {
        NAMES.iter().find(|(known, ..)| *known == label).map_or_else(
            || label.replace('_', " "),
            |(_, english, japanese)| self.choose(*english, *japanese).to_owned(),
        )
    }
}
