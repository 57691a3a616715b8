//! A small sheet to draw on: shapes and texts with classes of the page's own style, in a fixed width. Whatever text is
//! put on it is made harmless first.

use std::fmt::Write as _;

use crate::inert;

/// Width of a figure in its own units: that of a phone, so that its letters stay readable there.
pub(crate) const WIDTH: f64 = 340.0;

/// A drawing under way.
#[derive(Debug)]
pub(crate) struct Sheet {
    width: f64,
    height: f64,
    body: String,
}

/// Where a text is held.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Held {
    /// At its beginning.
    Start,
    /// In its middle.
    Middle,
    /// At its end.
    End,
}

impl Sheet {
    /// An empty sheet.
    pub(crate) fn new(width: f64, height: f64) -> Self {
        Self { width, height, body: String::new() }
    }

    /// A filled rectangle.
    pub(crate) fn rect(&mut self, class: &str, [x, y, width, height]: [f64; 4]) {
        let (x, y, width, height) = (number(x), number(y), number(width.max(0.0)), number(height));
        let class = escaped(class);
        self.put(format_args!(
            "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"></rect>"
        ));
    }

    /// A straight line.
    pub(crate) fn line(&mut self, class: &str, [x1, y1, x2, y2]: [f64; 4]) {
        let (x1, y1, x2, y2) = (number(x1), number(y1), number(x2), number(y2));
        let class = escaped(class);
        self.put(format_args!(
            "<line class=\"{class}\" x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\"></line>"
        ));
    }

    /// Lines at 45 degrees over a rectangle, rising or falling: a pattern that needs no colour.
    pub(crate) fn hatch(&mut self, class: &str, [x, y, width, height]: [f64; 4], rising: bool) {
        const STEP: f64 = 4.0;
        let mut path = String::new();
        let mut offset = STEP;
        while offset < width + height {
            let (from, to) = ((offset - height).max(0.0), offset.min(width));
            let level = |at: f64| if rising { y + offset - at } else { y + height - (offset - at) };
            write!(
                path,
                "M{} {}L{} {}",
                number(x + from),
                number(level(from)),
                number(x + to),
                number(level(to))
            )
            .expect("a String takes any text");
            offset += STEP;
        }
        self.path(class, &path);
    }

    /// A path as SVG writes it.
    pub(crate) fn path(&mut self, class: &str, path: &str) {
        let (class, path) = (escaped(class), escaped(path));
        self.put(format_args!("<path class=\"{class}\" d=\"{path}\"></path>"));
    }

    /// A text on its base line, at most `columns` half-width letters long.
    pub(crate) fn text(&mut self, class: &str, [x, y]: [f64; 2], held: Held, text: &str, columns: usize) {
        let held = match held {
            Held::Start => "start",
            Held::Middle => "middle",
            Held::End => "end",
        };
        let (class, text) = (escaped(class), escaped(&fitted(text, columns)));
        let (x, y) = (number(x), number(y));
        self.put(format_args!(
            "<text class=\"{class}\" x=\"{x}\" y=\"{y}\" text-anchor=\"{held}\">{text}</text>"
        ));
    }

    /// The drawing. `id` is unique on the page; title and description are for those who do not see it.
    pub(crate) fn finish(self, id: &str, title: &str, description: &str) -> String {
        let (id, title, description) =
            (escaped(id), escaped(&inert::shown(title)), escaped(&inert::shown(description)));
        let (width, height, body) = (number(self.width), number(self.height), self.body);
        format!(
            "<svg class=\"drawn\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"{id}-t {id}-d\">\
             <title id=\"{id}-t\">{title}</title><desc id=\"{id}-d\">{description}</desc>{body}</svg>"
        )
    }

    fn put(&mut self, element: std::fmt::Arguments<'_>) {
        self.body.write_fmt(element).expect("a String takes any text");
    }
}

/// Half-width letters that a text takes: those of East Asian scripts take two.
pub(crate) fn columns(text: &str) -> usize {
    text.chars().map(letter_columns).sum()
}

fn letter_columns(letter: char) -> usize {
    if matches!(letter, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}' | '\u{ffe0}'..='\u{ffe6}' | '\u{20000}'..='\u{3fffd}')
    {
        2
    } else {
        1
    }
}

/// Places for the entries of a legend, in as many rows as they take, and the number of rows.
pub(crate) fn legend(entries: &[String]) -> (Vec<[f64; 2]>, f64) {
    let (mut x, mut row) = (0.0, 0.0);
    let mut places = Vec::new();
    for entry in entries {
        let width = 30.0 + 6.2 * columns(entry) as f64;
        if x > 0.0 && x + width > WIDTH {
            (x, row) = (0.0, row + 1.0);
        }
        places.push([x, row * 15.0]);
        x += width;
    }
    (places, row + 1.0)
}

/// A text of at most so many half-width letters, cut at its end; without control characters and the like.
pub(crate) fn fitted(text: &str, most: usize) -> String {
    // What a sheet shows is short; nothing longer is looked at.
    let text = inert::bounded(text, 400).replace(['\n', '\t'], " ");
    if columns(&text) <= most {
        return text;
    }
    let mut used = 1;
    let mut out = String::new();
    for letter in text.chars() {
        used += letter_columns(letter);
        if used > most {
            break;
        }
        out.push(letter);
    }
    out.push('…');
    out
}

fn number(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            letter => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_is_inert_wherever_it_stands() {
        let bad = "\"><script>alert(1)</script>\u{202e}";
        let mut sheet = Sheet::new(10.0, 10.0);
        sheet.text("name", [0.0, 0.0], Held::Start, bad, 80);
        let drawn = sheet.finish("a", bad, bad);
        assert!(!drawn.contains("<script"), "{drawn}");
        assert!(!drawn.contains('\u{202e}'), "{drawn}");
        assert_eq!(drawn.matches("<svg").count(), 1);
        assert!(drawn.contains("role=\"img\"") && drawn.contains("<title") && drawn.contains("<desc"));
    }

    #[test]
    fn a_text_is_cut_by_the_room_that_it_takes() {
        assert_eq!(fitted("cloud.example", 13), "cloud.example");
        assert_eq!(fitted("cloud.example", 6), "cloud…");
        assert_eq!(fitted("宣言なし", 8), "宣言なし");
        assert_eq!(fitted("宣言なし", 6), "宣言…");
    }

    #[test]
    fn a_hatch_stays_in_its_rectangle() {
        let mut sheet = Sheet::new(40.0, 20.0);
        sheet.hatch("h", [10.0, 5.0, 12.0, 8.0], true);
        sheet.hatch("h", [10.0, 5.0, 12.0, 8.0], false);
        let drawn = sheet.finish("a", "a", "a");
        let paths: Vec<&str> =
            drawn.split(" d=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert_eq!(paths.len(), 2);
        let numbers = |path: &str| -> Vec<f64> {
            path.split(['M', 'L', ' ']).filter_map(|part| part.parse().ok()).collect()
        };
        for point in
            paths.iter().flat_map(|path| numbers(path).chunks(2).map(<[f64]>::to_vec).collect::<Vec<_>>())
        {
            assert!((10.0..=22.0).contains(&point[0]) && (5.0..=13.0).contains(&point[1]), "{point:?}");
        }
    }
}
