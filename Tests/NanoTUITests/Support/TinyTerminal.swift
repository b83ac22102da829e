/// What a terminal would show after the bytes that a renderer sends: of ECMA-48 just CUP, ED and
/// SGR.
struct TinyTerminal: Equatable {
    struct Place: Equatable {
        var character: Character?
        var attributes: String
    }

    let width: Int
    private(set) var places: [Place]
    private var cursor = 0
    private var attributes = "0"

    init(width: Int, height: Int) {
        self.width = width
        places = Array(repeating: Place(character: " ", attributes: "0"), count: width * height)
    }

    /// - Returns: False when there was something that it does not know.
    mutating func take(_ bytes: [UInt8]) -> Bool {
        var rest = Substring(decoding: bytes, as: UTF8.self)
        while let character = rest.popFirst() {
            guard character == "\u{1B}" else {
                put(character)
                continue
            }
            guard rest.popFirst() == "[",
                let end = rest.firstIndex(where: { !$0.isNumber && $0 != ";" })
            else { return false }
            let parameters = String(rest[..<end])
            let final = rest[end]
            rest = rest[rest.index(after: end)...]
            switch final {
            case "H":
                let place = parameters.split(separator: ";").compactMap { Int($0) }
                guard place.count == 2 else { return false }
                cursor = (place[0] - 1) * width + place[1] - 1
            case "J":
                for index in places.indices {
                    places[index] = Place(character: " ", attributes: "0")
                }
            case "m": attributes = parameters
            default: return false
            }
        }
        return true
    }

    private mutating func put(_ character: Character) {
        guard places.indices.contains(cursor) else { return }
        places[cursor] = Place(character: character, attributes: attributes)
        cursor += 1
        if isWide(character), places.indices.contains(cursor) {
            places[cursor] = Place(character: nil, attributes: attributes)
            cursor += 1
        }
    }

    /// The tests use no wide characters but these.
    private func isWide(_ character: Character) -> Bool { "漢字界".contains(character) }

    var text: String {
        stride(from: 0, to: places.count, by: width).map { start in
            var line = String(places[start..<start + width].compactMap(\.character))
            while line.last == " " { line.removeLast() }
            return line
        }.joined(separator: "\n")
    }
}
