//! The reference declaration in memory, to be edited.

#![allow(dead_code, reason = "each test file uses its part")]

use std::path::Path;
use std::sync::OnceLock;

use harness::ixit::declaration::Document;
use harness::ixit::table::{Layout, tables};
use harness::ixit::{Declaration, Diagnostic, Edition, SourceFile, Support};

/// A planted fault.
pub(crate) enum Edit {
    /// Replaces a text that stands once in the row with this id.
    In(&'static str, &'static str, &'static str),
    /// Replaces a text that stands once in the file.
    Text(&'static str, &'static str, &'static str),
    /// Replaces the whole line that begins with this text, which one line of the file does.
    Line(&'static str, &'static str, &'static str),
    /// Takes the row with this id out.
    Cut(&'static str),
    /// Takes every row of a table out, or the form.
    CutTable(&'static str),
    /// Adds text at the end of a file.
    Add(&'static str, &'static str),
    /// Takes the entry of a provision out.
    CutProvision(&'static str),
    /// Writes the support and the detail of a provision.
    Claim(&'static str, &'static str, &'static str),
}

/// Where a finding points.
pub(crate) enum Place {
    /// The head of the row with this id.
    Row(&'static str),
    /// A text in the row with this id.
    At(&'static str, &'static str),
    /// A text in a file.
    Text(&'static str, &'static str),
    /// The support of a provision.
    Support(&'static str),
    /// The file as a whole.
    Whole(&'static str),
}

pub(crate) struct Folder {
    ics: String,
    ixit: String,
    documents: Vec<Document>,
}

impl Folder {
    pub(crate) fn reference() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("lab/devices/water-heater");
        let text = |name: &str| std::fs::read_to_string(path.join(name)).expect("the reference declaration");
        let documents = documents(&path);
        Self { ics: text("ics.toml"), ixit: text("ixit.toml"), documents }
    }

    pub(crate) fn reading(&self) -> harness::ixit::Reading {
        let sources = vec![
            SourceFile::new("ics.toml", self.ics.clone().into_bytes()),
            SourceFile::new("ixit.toml", self.ixit.clone().into_bytes()),
        ];
        Declaration::from_sources(sources, self.documents.clone())
    }

    /// What `hantei check` says.
    pub(crate) fn diagnostics(&self) -> Vec<Diagnostic> {
        let reading = self.reading();
        let mut all = reading.diagnostics;
        if let Some(declaration) = &reading.declaration {
            all.extend(harness::testcases::findings::of(declaration));
        }
        all
    }

    pub(crate) fn apply(&mut self, edit: &Edit) {
        match edit {
            Edit::In(row, from, to) => {
                let (start, end) = self.row(row);
                let block = once(&self.ixit[start..end], from, to);
                self.ixit.replace_range(start..end, &block);
            }
            Edit::Text(file, from, to) => {
                let text = self.text_mut(file);
                *text = once(text, from, to);
            }
            Edit::Line(file, begin, to) => {
                let text = self.text_mut(file);
                let lines: Vec<&str> = text.lines().filter(|line| line.starts_with(begin)).collect();
                let [line] = lines.as_slice() else { panic!("{begin:?} begins {} lines", lines.len()) };
                *text = once(text, &format!("{line}\n"), &format!("{to}\n"));
            }
            Edit::Cut(row) => {
                let (start, end) = self.row(row);
                self.ixit.replace_range(start..end, "");
            }
            Edit::CutTable(table) => self.cut_table(table),
            Edit::Add(file, text) => self.text_mut(file).push_str(&format!("\n{text}\n")),
            Edit::CutProvision(provision) => {
                let (start, end) = self.entry(provision);
                let head = self.ics[..start].rfind('[').expect("an entry has a head");
                self.ics.replace_range(head..end, "");
            }
            Edit::Claim(provision, support, detail) => {
                self.write_claim(provision, &format!("support = \"{support}\"\n{detail}"));
            }
        }
    }

    pub(crate) fn claim(&mut self, provision: &str, support: &str) {
        self.write_claim(
            provision,
            &format!("support = \"{support}\"\ndetail = \"It does not apply to it\""),
        );
    }

    fn write_claim(&mut self, provision: &str, entry: &str) {
        let (start, end) = self.entry(provision);
        self.ics.replace_range(start..end, &format!("{entry}\n"));
    }

    /// What stands below the head of a provision.
    fn entry(&self, provision: &str) -> (usize, usize) {
        let head = format!("[provision.\"{provision}\"]\n");
        let start = self.ics.find(&head).unwrap_or_else(|| panic!("{head}")) + head.len();
        (start, self.ics[start..].find("\n[").map_or(self.ics.len(), |end| start + end))
    }

    /// Leaves the fields of the standard alone.
    pub(crate) fn strip_companions(&mut self) {
        let mut root: toml::Table = self.ixit.parse().expect("TOML");
        for table in tables(Edition::En303645V2_1_1) {
            let strip = |row: &mut toml::Value| {
                if let Some(row) = row.as_table_mut() {
                    row.retain(|key, _| !table.companions.iter().any(|companion| companion == key));
                }
            };
            match (root.get_mut(&table.key), table.layout) {
                (Some(toml::Value::Array(rows)), Layout::Rows) => rows.iter_mut().for_each(strip),
                (Some(form), Layout::Form) => strip(form),
                _ => {}
            }
        }
        self.ixit = toml::to_string(&root).expect("TOML");
    }

    /// Provisions that are claimed and have a condition.
    pub(crate) fn claimed_under_conditions(&self) -> Vec<String> {
        let declaration = self.reading().declaration.expect("the reference is understood");
        harness::ixit::provision::provisions(declaration.edition)
            .iter()
            .filter(|provision| provision.is_conditional())
            .filter(|provision| declaration.ics.provisions[&provision.id].support.value == Support::Y)
            .map(|provision| provision.id.clone())
            .collect()
    }

    pub(crate) fn line(&self, place: &Place) -> (&'static str, u32) {
        match place {
            Place::Row(row) => ("ixit.toml", line(&self.ixit, self.row(row).0)),
            Place::At(row, text) => {
                let (start, end) = self.row(row);
                let at =
                    self.ixit[start..end].find(text).unwrap_or_else(|| panic!("{text:?} is not in {row}"));
                ("ixit.toml", line(&self.ixit, start + at))
            }
            Place::Text(file, text) => {
                let whole = if *file == "ics.toml" { &self.ics } else { &self.ixit };
                (file, line(whole, whole.find(text).unwrap_or_else(|| panic!("{text:?} is not in {file}"))))
            }
            Place::Support(provision) => ("ics.toml", self.line_of_support(provision)),
            Place::Whole(file) => (file, 0),
        }
    }

    pub(crate) fn line_of_support(&self, provision: &str) -> u32 {
        let head = format!("[provision.\"{provision}\"]\nsupport");
        line(&self.ics, self.ics.find(&head).unwrap_or_else(|| panic!("{head}"))) + 1
    }

    fn cut_table(&mut self, table: &str) {
        let heads = [format!("[[{table}]]"), format!("[{table}]"), format!("[{table}.")];
        let mut skip = false;
        let mut kept = String::new();
        for line in self.ixit.lines() {
            if line.starts_with('[') {
                skip = heads.iter().any(|head| line.starts_with(head.as_str()));
            } else if line.starts_with("# Table") {
                skip = false;
            }
            if !skip {
                kept.push_str(line);
                kept.push('\n');
            }
        }
        assert_ne!(kept, self.ixit, "there is no {table}");
        self.ixit = kept;
    }

    /// From the head of the row to the next row or heading.
    fn row(&self, id: &str) -> (usize, usize) {
        let named = format!("]]\nid = \"{id}\"\n");
        let at = self.ixit.find(&named).unwrap_or_else(|| panic!("there is no row {id}"));
        let start = self.ixit[..at].rfind("[[").expect("a row has a head");
        let rest = &self.ixit[at..];
        let end = ["\n[", "\n# "].iter().filter_map(|next| rest.find(next)).min().unwrap_or(rest.len());
        (start, at + end)
    }

    fn text_mut(&mut self, file: &str) -> &mut String {
        if file == "ics.toml" { &mut self.ics } else { &mut self.ixit }
    }
}

fn once(text: &str, from: &str, to: &str) -> String {
    assert_eq!(text.matches(from).count(), 1, "{from:?} stands once");
    text.replacen(from, to, 1)
}

/// The line of a place; where a line end stands there, the line after it.
fn line(text: &str, at: usize) -> u32 {
    let at = at + usize::from(text[at..].starts_with('\n'));
    u32::try_from(text[..at].matches('\n').count()).expect("lines") + 1
}

/// The documents with their digests, which are the same for every fault.
fn documents(folder: &Path) -> Vec<Document> {
    static DOCUMENTS: OnceLock<Vec<Document>> = OnceLock::new();
    let read = || Declaration::read(folder).declaration.expect("the reference is understood").documents;
    DOCUMENTS.get_or_init(read).clone()
}
