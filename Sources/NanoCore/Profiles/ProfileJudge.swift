/// Judges maps by their ``ProfileShape``, in one pass over a payload that ``CBORWalk`` has passed.
///
/// Shapes are three deep at most, and so is this; what no shape describes is stepped over.
struct ProfileJudge {
    private var reader: CBORReader
    private let start: Int

    @inline(__always)
    init(_ payload: Range<Int>) {
        reader = CBORReader(payload)
        start = payload.lowerBound
    }

    /// Judges the payload's map.
    @inline(__always)
    mutating func top(_ shape: ProfileShape, _ bytes: Span<UInt8>) throws(Refusal) {
        let place = reader.position
        guard case .map(let count)? = reader.next(in: bytes) else {
            throw violation(.wrongType, .deviceID, at: place)
        }
        try fields(shape, count: count, at: place, bytes)
    }

    /// Judges the pairs of a map whose head was at `place`.
    private mutating func fields(
        _ shape: ProfileShape, count: Int?, at place: Int, _ bytes: Span<UInt8>
    ) throws(Refusal) {
        var present: ProfileFieldSet = []
        var left = count ?? .max
        while left > 0, let key = reader.nextText(in: bytes) {
            left &-= 1
            if let field = ProfileField(key: key, in: bytes) {
                present.insert(field)
                try value(of: field, shape, bytes)
            } else {
                _ = reader.skip(in: bytes)
            }
        }
        // What follows the map is read behind its break.
        if count == nil { _ = reader.next(in: bytes) }
        if let field = shape.missing(from: present) {
            throw violation(.missing, field, at: place)
        }
    }

    @inline(__always)
    private mutating func value(
        of field: ProfileField, _ shape: ProfileShape, _ bytes: Span<UInt8>
    ) throws(Refusal) {
        let place = reader.position
        switch shape.rule(for: field) {
        case .anything:
            _ = reader.skip(in: bytes)
        case .text:
            guard reader.nextText(in: bytes) != nil else {
                throw violation(.wrongType, field, at: place)
            }
        case .number(let bounds):
            try number(field, bounds, at: place, bytes)
        case .maps:
            guard case .array(let count)? = reader.next(in: bytes) else {
                throw violation(.wrongType, field, at: place)
            }
            guard let inner = shape.inner?.shape else { return }
            try maps(field, inner, count: count, at: place, bytes)
        }
    }

    /// Judges the items of an array whose head was at `place`.
    private mutating func maps(
        _ field: ProfileField, _ shape: ProfileShape, count: Int?, at place: Int,
        _ bytes: Span<UInt8>
    ) throws(Refusal) {
        var seen = 0
        while seen != count {
            let itemPlace = reader.position
            let item = reader.next(in: bytes)
            if item == .end { break }
            guard case .map(let pairs)? = item else {
                throw violation(.wrongType, field, at: itemPlace)
            }
            try fields(shape, count: pairs, at: itemPlace, bytes)
            seen &+= 1
        }
        guard seen > 0 else {
            throw violation(
                .tooFew, field, at: place, observed: .unsigned(0), allowed: .unsigned(1))
        }
    }

    /// Judges a number. NaN and the infinities lie outside of any bounds.
    @inline(__always)
    private mutating func number(
        _ field: ProfileField, _ bounds: ClosedRange<Int64>?, at place: Int,
        _ bytes: Span<UInt8>
    ) throws(Refusal) {
        let item = reader.next(in: bytes)
        switch item {
        case .unsigned(let value):
            guard let bounds else { return }
            if value <= UInt64(Int64.max), bounds.contains(Int64(value)) { return }
        case .negative(let value):
            guard let bounds else { return }
            if value <= UInt64(Int64.max), bounds.contains(~Int64(value)) { return }
        case .real(let value):
            guard let bounds else { return }
            if value >= Double(bounds.lowerBound), value <= Double(bounds.upperBound) { return }
        default: throw violation(.wrongType, field, at: place)
        }
        throw outOfRange(field, item, bounds, at: place)
    }

    @inline(never)
    private func outOfRange(
        _ field: ProfileField, _ item: CBORReader.Item?, _ bounds: ClosedRange<Int64>?,
        at place: Int
    ) -> Refusal {
        let observed: Quantity
        let isBelow: Bool
        switch item {
        case .unsigned(let value): (observed, isBelow) = (.unsigned(value), false)
        case .negative(let value):
            let exact = value <= UInt64(Int64.max)
            observed = exact ? .integer(~Int64(value)) : .real(-1 - Double(value))
            isBelow = true
        case .real(let value):
            (observed, isBelow) = (.real(value), !(value > Double(bounds?.upperBound ?? 0)))
        default: (observed, isBelow) = (.none, false)
        }
        let bound = bounds.map { isBelow ? $0.lowerBound : $0.upperBound }
        return violation(
            .outOfRange, field, at: place, observed: observed,
            allowed: bound.map { .integer($0) } ?? .none)
    }

    @inline(never)
    private func violation(
        _ detail: RefusalDetail, _ field: ProfileField, at position: Int,
        observed: Quantity = .none, allowed: Quantity = .none
    ) -> Refusal {
        Refusal(
            .profileViolation, detail, observed: observed, allowed: allowed,
            offset: FrameHeader.length &+ position &- start, field: field)
    }
}
