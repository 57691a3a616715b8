//! What the workbook says, by language; the texts of tables and fields stand with them.

use super::super::cell::CellKind;
use crate::template::Language;

/// Texts of one language.
pub(super) struct Words {
    pub(super) read_me: &'static str,
    pub(super) title: &'static str,
    /// Label and text.
    pub(super) lines: &'static [(&'static str, &'static str)],
    pub(super) sheets: &'static str,
    pub(super) dut: &'static str,
    pub(super) ics: &'static str,
    pub(super) evidence: &'static str,
    pub(super) empty: &'static str,
    pub(super) fill: &'static str,
    pub(super) example: &'static str,
    /// How a kind of cell is written.
    pub(super) forms: fn(CellKind) -> &'static str,
    pub(super) entry: &'static str,
    pub(super) value: &'static str,
    pub(super) reference: &'static str,
    pub(super) support: &'static str,
    pub(super) detail: &'static str,
    pub(super) informative: &'static str,
    pub(super) table: &'static str,
    pub(super) reason: &'static str,
    pub(super) origin: &'static str,
    pub(super) edition: &'static str,
}

pub(super) fn of(language: Language) -> &'static Words {
    match language {
        Language::En => &ENGLISH,
        Language::Ja => &JAPANESE,
    }
}

const ENGLISH: Words = Words {
    read_me: "Read me",
    title: "How to fill in this workbook",
    lines: &[
        (
            "What it is",
            "The declaration of one device for an assessment by ETSI TS 103 701: what it supports (ICS) and how it does it (IXIT). One sheet for each table of the standard, with the standard's headings.",
        ),
        (
            "Order",
            "1. DUT: the device. 2. ICS: Y, N or N/A for each provision. 3. The tables that your answers call for. 4. Empty: the reason for each table without rows.",
        ),
        (
            "Notes",
            "The heading of each column has a note: what it means, when it is filled in, its values, an example. Rest the pointer on it.",
        ),
        (
            "Colours",
            "Dark blue: always filled in. Light blue: under a condition, or optional. Green: the same once more in a form that a machine can compare; leave out what does not apply.",
        ),
        (
            "Lists",
            "Cells with several entries have one a line (Alt+Enter; in LibreOffice Ctrl+Enter). [] is an empty list: there is none, and that is meant. The drop-down offers one entry at a time.",
        ),
        (
            "References",
            "Columns that point to another table take the IDs of its rows. The drop-down shows them as soon as they are written there.",
        ),
        (
            "IDs",
            "Each row has an ID that is unique in the whole workbook, usually the short name of the table and a number: AuthMech-1.",
        ),
        (
            "Green cells",
            "Lines of key = value; texts in straight quotes, numbers and true or false without. A list of records has one { … } a line. The note on the heading has the keys and an example.",
        ),
        (
            "Your remarks",
            "A column whose heading begins with #, or a sheet whose name does, is a remark of yours and is not read. Anything else that is not understood is named with its cell.",
        ),
        (
            "Order and names",
            "Rows, columns and sheets may be moved. Do not merge cells, and leave the headings as they are. Cells are texts: a text that begins with = + - @ is no formula.",
        ),
        (
            "Documents",
            "Manuals, policies and certificates do not travel in this workbook; they go into the folder documents/.",
        ),
        (
            "When you are done",
            "hantei import FILE.xlsx FOLDER writes the declaration files, or names every cell that needs mending; hantei check FOLDER then says what is still missing.",
        ),
    ],
    sheets: "Sheets",
    dut: "Edition of the standard, the device, the supplier",
    ics: "Support of each provision, with the measure or the reason",
    evidence: "Certificates and evaluations by others",
    empty: "Tables without rows, each with the reason",
    fill: "Fill in",
    example: "Example",
    forms: |kind| match kind {
        CellKind::Lines => "One entry a line; [] where there is none.",
        CellKind::Names => "One a line, or with commas between; [] where there is none.",
        CellKind::Toml => {
            "Lines of key = value; of several records one { … } a line. Keys (? may be left out):"
        }
        CellKind::Resource => "Where it is found; several places as [\"…\", \"…\"].",
        CellKind::Flag => "yes or no",
        CellKind::Date => "Year-month-day.",
        _ => "",
    },
    entry: "What stands beside it. Each entry has a note.",
    value: "What you declare. An entry that does not apply stays empty.",
    reference: "Id of the provision. Leave it as it is.",
    support: "Y: supported. N: not supported. N/A: does not apply to this device.",
    detail: "Y: the measure. N: why it is left out. N/A: why it does not apply. A recommendation with N or N/A needs it.",
    informative: "For your information; changes here are not read.",
    table: "A table of the IXIT. Leave it as it is.",
    reason: "Why the device has nothing of the kind. Leave it empty where the table has rows.",
    origin: "supplier, or empty: declared by you. observed: found by the laboratory and not yet confirmed by you.",
    edition: "The standards that the declaration is written for.",
};

const JAPANESE: Words = Words {
    read_me: "はじめに",
    title: "このブックの記入方法",
    lines: &[
        (
            "内容",
            "ETSI TS 103 701 による評価のための、一つの機器の宣言です。対応状況（ICS）と実現方法（IXIT）を記入します。規格の表ごとに一枚のシートがあり、見出しは規格のものです。",
        ),
        (
            "順序",
            "1. DUT: 機器。2. ICS: 規定ごとに Y、N、N/A。3. 回答に応じて必要な表。4. Empty: 行のない表の理由。",
        ),
        (
            "メモ",
            "各列の見出しには、意味、記入する条件、値、例を示すメモが付いています。見出しの上にポインターを置くと表示されます。",
        ),
        (
            "色",
            "濃い青: 必ず記入。薄い青: 条件付き、または省略可。緑: 同じ内容を機械が比較できる形で書く欄。当てはまらないものは空欄にします。",
        ),
        (
            "リスト",
            "複数の値は一行に一つずつ書きます（Excel では Alt+Enter、LibreOffice では Ctrl+Enter）。[] は空のリスト、つまり「ない」という意味です。ドロップダウンでは一つずつ選べます。",
        ),
        (
            "参照",
            "ほかの表を参照する列には、その表の行の ID を書きます。ID を記入するとドロップダウンに表示されます。",
        ),
        ("ID", "行の ID はブック全体で一意にします。通常は表の略称と番号です（例: AuthMech-1）。"),
        (
            "緑の欄",
            "「key = value」を一行に一つ書きます。文字列は直線の二重引用符で囲み、数値と true、false はそのまま書きます。複数ある場合は { … } を一行に一つ書きます。キーと例は見出しのメモにあります。",
        ),
        (
            "備考",
            "見出しが # で始まる列と、名前が # で始まるシートは備考とみなし、読み取りません。それ以外で読み取れないものは、セルの位置とともに示します。",
        ),
        (
            "順番と名前",
            "行、列、シートの順番は変えてもかまいません。セルは結合せず、見出しはそのままにしてください。セルはすべて文字列です。= + - @ で始まっても数式にはなりません。",
        ),
        (
            "文書",
            "取扱説明書、方針、証明書はこのブックには含まれません。フォルダー documents/ に置いてください。",
        ),
        (
            "記入が終わったら",
            "hantei import FILE.xlsx FOLDER で宣言のファイルを作ります。直すべきセルがあればすべて示します。その後 hantei check FOLDER で不足を確認できます。",
        ),
    ],
    sheets: "シート",
    dut: "規格の版、機器、供給者",
    ics: "規定ごとの対応状況と、対策または理由",
    evidence: "第三者による認証や評価",
    empty: "行のない表とその理由",
    fill: "記入",
    example: "例",
    forms: |kind| match kind {
        CellKind::Lines => "一行に一つ。ない場合は []。",
        CellKind::Names => "一行に一つ、またはコンマ区切り。ない場合は []。",
        CellKind::Toml => {
            "「key = value」を一行に一つ。複数ある場合は { … } を一行に一つ。キー（? は省略可）:"
        }
        CellKind::Resource => "掲載場所。複数ある場合は [\"…\", \"…\"]。",
        CellKind::Flag => "yes または no（はい、いいえ も可）",
        CellKind::Date => "年-月-日。",
        _ => "",
    },
    entry: "右の欄に書く内容。各項目にメモがあります。",
    value: "宣言する内容。当てはまらない項目は空欄にします。",
    reference: "規定の番号。変更しないでください。",
    support: "Y: 対応。N: 非対応。N/A: この機器には該当しない。",
    detail: "Y: 対策。N: 実施しない理由。N/A: 該当しない理由。推奨事項を N または N/A とする場合は必ず記入します。",
    informative: "参考情報。変更しても読み取りません。",
    table: "IXIT の表。変更しないでください。",
    reason: "該当するものがない理由。行のある表では空欄にします。",
    origin: "supplier または空欄: 供給者の宣言。observed: 試験機関が見つけ、供給者がまだ確認していないもの。",
    edition: "宣言が対象とする規格の版。",
};
