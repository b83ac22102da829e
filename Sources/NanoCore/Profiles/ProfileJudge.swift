/// Judges maps by their ``ProfileShape`` while ``CBORWalk`` goes through them.
///
/// Shapes are three maps deep at most; what no shape describes is let pass. The first violation is
/// kept until the walk has found nothing wrong with the payload itself.
struct ProfileJudge: CBORWatcher {
    /// A map that a shape describes, or the array of such maps that a field holds.
    private struct Level {
        /// The map's shape, or that of the maps in the array.
        var shape: ProfileShape.Name
        /// Where the map or array is in the payload.
        var place: UInt16 = 0
        /// The array's field; nil for a map.
        var field: ProfileField?
        /// The map's fields so far; the array's own field once it holds a map.
        var present = ProfileFieldSet()
    }

    private(set) var violation: Refusal?
    private let start: Int
    private var level: Level
    /// What is around ``level``: the top's array, its map, and that one's array.
    private var outer: InlineArray<4, Level>
    private var depth = -1
    /// Open maps and arrays that no shape describes.
    private var undescribed = 0
    /// The key that was read last, and what its value has to be.
    private var field = ProfileField.deviceID
    private var rule = ProfileShape.Rule.anything

    @inline(__always)
    init(_ shape: ProfileShape.Name, _ payload: Range<Int>) {
        start = payload.lowerBound
        level = Level(shape: shape)
        outer = InlineArray(repeating: level)
    }

    @inline(__always)
    private func place(_ position: Int) -> UInt16 {
        UInt16(truncatingIfNeeded: position &- start)
    }

    private var looksAway: Bool { undescribed > 0 || violation != nil }

    /// The shape whose bounds the next value has to keep; nil for one that is no measurement.
    var measured: ProfileShape.Name? {
        guard !looksAway, case .measurement = rule, ProfileShape[level.shape].bounds != nil else {
            return nil
        }
        return level.shape
    }

    @inline(__always)
    mutating func key(_ key: CBORKey, in bytes: Span<UInt8>) {
        guard !looksAway else { return }
        guard let known = ProfileField(key: key, in: bytes) else {
            rule = .anything
            return
        }
        level.present.insert(known)
        field = known
        rule = ProfileShape[level.shape].rule(for: known)
    }

    @inline(__always)
    mutating func value(_ value: CBORScalar, at position: Int) {
        guard !looksAway else { return }
        if let field = level.field { return violate(.wrongType, field, at: position) }
        switch (rule, value) {
        case (.anything, _), (.text, .text): return
        case (.number, .unsigned), (.number, .negative), (.number, .real): return
        case (.measurement, .unsigned), (.measurement, .negative), (.measurement, .real):
            if let bounds = ProfileShape[level.shape].bounds, !value.isInside(bounds) {
                violate(value, bounds, at: position)
            }
        default: violate(.wrongType, field, at: position)
        }
    }

    @inline(__always)
    mutating func open(isMap: Bool, at position: Int) {
        guard violation == nil else { return }
        guard undescribed == 0 else { return undescribed &+= 1 }
        if depth < 0 {
            depth = 0
            level.place = place(position)
        } else if let field = level.field {
            guard isMap else { return violate(.wrongType, field, at: position) }
            level.present.insert(field)
            enter(Level(shape: level.shape, place: place(position)))
        } else if case .maps = rule, let inner = ProfileShape[level.shape].inner {
            guard !isMap else { return violate(.wrongType, field, at: position) }
            enter(Level(shape: inner, place: place(position), field: field))
        } else if case .anything = rule {
            undescribed = 1
        } else {
            violate(.wrongType, field, at: position)
        }
    }

    @inline(__always)
    mutating func close() {
        guard violation == nil else { return }
        guard undescribed == 0 else { return undescribed &-= 1 }
        if let field = level.field {
            if !level.present.contains(field) {
                violate(
                    .tooFew, field, at: start &+ Int(level.place), observed: .unsigned(0),
                    allowed: .unsigned(1))
            }
        } else if let field = ProfileShape[level.shape].missing(from: level.present) {
            violate(.missing, field, at: start &+ Int(level.place))
        }
        guard depth > 0 else { return }
        depth &-= 1
        level = outer[depth]
    }

    @inline(__always)
    private mutating func enter(_ inner: Level) {
        outer[depth] = level
        depth &+= 1
        level = inner
    }

    @inline(never)
    private mutating func violate(
        _ value: CBORScalar, _ bounds: ClosedRange<Int64>, at position: Int
    ) {
        let observed: Quantity
        let isBelow: Bool
        switch value {
        case .unsigned(let value): (observed, isBelow) = (.unsigned(value), false)
        case .negative(let value):
            let isExact = value <= UInt64(Int64.max)
            observed = isExact ? .integer(~Int64(value)) : .negative(value)
            isBelow = true
        case .real(let value):
            (observed, isBelow) = (.real(value), !(value > Double(bounds.upperBound)))
        case .text, .other: return
        }
        violate(
            .outOfRange, field, at: position, observed: observed,
            allowed: .integer(isBelow ? bounds.lowerBound : bounds.upperBound))
    }

    @inline(never)
    private mutating func violate(
        _ detail: RefusalDetail, _ field: ProfileField, at position: Int,
        observed: Quantity = .none, allowed: Quantity = .none
    ) {
        violation = Refusal(
            .profileViolation, detail, observed: observed, allowed: allowed,
            offset: FrameHeader.length &+ position &- start, field: field)
    }
}
