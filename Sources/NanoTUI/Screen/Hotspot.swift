/// A part of the screen that a click is about.
struct Hotspot: Equatable, Sendable {
    enum Target: Equatable, Sendable {
        case row(RowID)
        case key(Key)
        /// A button of a question: whether it is the one for yes.
        case answer(Bool)
    }

    var rect: Rect
    var target: Target

    func contains(_ event: MouseEvent) -> Bool {
        (rect.x..<rect.x + rect.width).contains(event.x)
            && (rect.y..<rect.y + rect.height).contains(event.y)
    }
}

extension Screen {
    /// Notes what a click on a row of cells is about.
    mutating func mark(_ target: Hotspot.Target, x: Int, y: Int, width: Int, height: Int = 1) {
        hotspots.append(
            Hotspot(rect: Rect(x: x, y: y, width: width, height: height), target: target))
    }
}
