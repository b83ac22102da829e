import CQRencode

/// A QR code (ISO/IEC 18004): a square of dark and light modules.
struct QRCode {
    /// Modules in a row, the quiet zone not counted.
    let width: Int
    private let isDark: [Bool]

    /// Light modules that a reader needs around a code.
    static let quietZone = 4

    /// Nil when a text is too long for a code.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        // A screen has no scratches, so the least correction and the smallest code do.
        guard let code = QRcode_encodeData(Int32(bytes.count), bytes, 0, QR_ECLEVEL_L) else {
            return nil
        }
        defer { QRcode_free(code) }
        width = Int(code.pointee.width)
        isDark = (0..<width * width).map { code.pointee.data[$0] & 1 == 1 }
    }

    /// Whether a module is dark; around the code all are light.
    func isDark(_ row: Int, _ column: Int) -> Bool {
        guard (0..<width).contains(row), (0..<width).contains(column) else { return false }
        return isDark[row * width + column]
    }
}
