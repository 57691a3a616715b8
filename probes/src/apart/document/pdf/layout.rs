//! Where pieces of text stand, and which make a line.

/// A transformation as PDF writes it: `[a b c d e f]`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Matrix(pub(super) [f32; 6]);

impl Default for Matrix {
    fn default() -> Self {
        Self([1.0, 0.0, 0.0, 1.0, 0.0, 0.0])
    }
}

impl Matrix {
    pub(super) fn shift(x: f32, y: f32) -> Self {
        Self([1.0, 0.0, 0.0, 1.0, x, y])
    }

    /// This first, then the other.
    pub(super) fn then(&self, other: &Self) -> Self {
        let ([a, b, c, d, e, f], [g, h, i, j, k, l]) = (self.0, other.0);
        Self([
            a * g + b * i,
            a * h + b * j,
            c * g + d * i,
            c * h + d * j,
            e * g + f * i + k,
            e * h + f * j + l,
        ])
    }

    pub(super) fn origin(&self) -> (f32, f32) {
        (self.0[4], self.0[5])
    }

    /// What a size of letters becomes.
    pub(super) fn height(&self, size: f32) -> f32 {
        (self.0[2].hypot(self.0[3]) * size).abs()
    }
}

/// The lines of a page.
#[derive(Debug, Default)]
pub(super) struct Layout {
    text: String,
    /// Where the last piece ended, and how high its letters are.
    last: Option<((f32, f32), f32)>,
    /// Where the line began.
    began: f32,
}

impl Layout {
    /// Takes a piece from its start to its end. A negative or broken size is as good as any other.
    pub(super) fn piece(&mut self, letters: &str, start: (f32, f32), end: (f32, f32), height: f32) {
        if letters.is_empty() {
            return;
        }
        let height = if height.is_finite() && height > 0.1 { height } else { 0.1 };
        if let Some((at, last_height)) = self.last {
            let smaller = height.min(last_height);
            let down = at.1 - start.1;
            let gap = start.0 - at.0;
            // Letters that are set a little higher belong to the line.
            let same_line = down.abs() < 0.5 * height.max(last_height) && gap > -0.9 * height;
            if !same_line {
                self.text.push('\n');
                // More than an empty line in between, or upwards: something else begins.
                if down > 1.9 * height.max(last_height) || down < -0.5 * smaller {
                    self.text.push('\n');
                }
                self.began = start.0;
            } else if gap > 0.18 * smaller && !self.text.ends_with(' ') && !letters.starts_with(' ') {
                self.text.push(' ');
            }
        }
        self.text.push_str(letters);
        self.last = Some((end, height));
    }

    /// The lines; spaces at the ends are gone.
    pub(super) fn text(&self) -> String {
        let lines: Vec<&str> = self.text.lines().map(str::trim).collect();
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_of_one_height_are_a_line() {
        let mut layout = Layout::default();
        let mut piece = |letters: &str, x: f32, y: f32| {
            layout.piece(letters, (x, y), (x + 5.0 * letters.len() as f32, y), 10.0);
        };
        piece("Hold", 10.0, 700.0);
        piece("both", 33.0, 700.0);
        piece("keys", 53.0, 702.0);
        piece("for ten", 10.0, 688.0);
        piece("Next", 10.0, 650.0);
        piece("Other column", 300.0, 700.0);
        assert_eq!(layout.text(), "Hold bothkeys\nfor ten\n\nNext\n\nOther column");
    }

    #[test]
    fn matrices_follow_one_another() {
        let scaled = Matrix([2.0, 0.0, 0.0, 2.0, 0.0, 0.0]);
        assert_eq!(Matrix::shift(1.0, 2.0).then(&scaled).origin(), (2.0, 4.0));
        assert_eq!(scaled.then(&Matrix::shift(1.0, 2.0)).origin(), (1.0, 2.0));
        assert!((scaled.height(-6.0) - 12.0).abs() < 0.001);
    }
}
