import NanoTUI

/// A QR code in text for a terminal: two modules one above the other are a character, the quiet zone is
/// in it.
struct QRDrawing {
    let code: QRCode
    let depth: ColorDepth
    /// Whether the terminal writes dark on light: counts only where there are no colours.
    var isOnLight = false

    /// Columns that it takes.
    var columns: Int { code.width + 2 * QRCode.quietZone }

    var lines: [String] {
        let edge = -QRCode.quietZone
        let rows = stride(from: edge, to: code.width + QRCode.quietZone, by: 2)
        return rows.map { row in
            let text = (edge..<code.width + QRCode.quietZone).map { column in
                character(code.isDark(row, column), code.isDark(row + 1, column))
            }.joined()
            return colours.isEmpty ? text : "\u{1B}[\(colours)m\(text)\u{1B}[0m"
        }
    }

    /// What is drawn in the colour of writing: with colours the dark modules, without them whichever
    /// comes out dark on light.
    private func character(_ upper: Bool, _ lower: Bool) -> String {
        let drawsDark = !colours.isEmpty || isOnLight
        return switch (upper == drawsDark, lower == drawsDark) {
        case (true, true): "█"
        case (true, false): "▀"
        case (false, true): "▄"
        case (false, false): " "
        }
    }

    /// Black on white, whatever the terminal's theme has made of its colours, as far as it lets that be
    /// said.
    private var colours: String {
        switch depth {
        case .none: ""
        case .sixteen: "30;47"
        case .indexed: "38;5;16;48;5;231"
        case .truecolor: "38;2;0;0;0;48;2;255;255;255"
        }
    }
}
