/// A map that a profile describes: which fields it may have, and which it must.
///
/// Its parts are constants: judging by it allocates nothing.
struct ProfileShape {
    /// What a field's value has to be.
    enum Rule {
        case anything
        case text
        case number
        /// A number within ``ProfileShape/bounds``.
        case measurement
        /// An array of at least one map of the ``ProfileShape/inner`` shape.
        case maps
    }

    /// A shape in a byte: judging passes these on.
    enum Name: UInt8 {
        case pressure, pressureEntry
        case gas, gasEntry
        case multi, sensor, sensorEntry
    }

    /// Fields that must all be there.
    let required: ProfileFieldSet
    /// Two fields of which at least one must be there. A map with neither lacks the first.
    var choice: (ProfileField, ProfileField)?
    /// Fields that may be there, and are judged if they are.
    var optional = ProfileFieldSet()
    /// Bounds of the measurement, in its unit.
    var bounds: ClosedRange<Int64>?
    /// What the array of a shape holds.
    var inner: Name?

    /// Pascals.
    @inline(always)
    private static var pressureBounds: ClosedRange<Int64> { 0...200_000 }
    /// Parts per million.
    @inline(always)
    private static var concentrationBounds: ClosedRange<Int64> { 0...10_000 }

    /// The shape of a name. Its parts are constants, so that asking for one costs no look-up.
    @inline(always)
    static subscript(name: Name) -> ProfileShape {
        switch name {
        case .pressure:
            ProfileShape(
                required: ProfileFieldSet(.deviceID), choice: (.pressurePa, .entries),
                optional: ProfileFieldSet(.labID, .timestamp, .sensorType, .pressurePa, .entries),
                bounds: pressureBounds, inner: .pressureEntry)
        case .pressureEntry:
            ProfileShape(
                required: ProfileFieldSet(.entryTimestamp, .entryValue), bounds: pressureBounds)
        case .gas:
            ProfileShape(
                required: ProfileFieldSet(.deviceID, .gasType),
                choice: (.concentrationPpm, .entries),
                optional: ProfileFieldSet(
                    .labID, .timestamp, .sensorType, .concentrationPpm, .entries),
                bounds: concentrationBounds, inner: .gasEntry)
        case .gasEntry:
            ProfileShape(
                required: ProfileFieldSet(.entryTimestamp, .entryPpm), bounds: concentrationBounds)
        case .multi:
            ProfileShape(
                required: ProfileFieldSet(.deviceID, .sensors),
                optional: ProfileFieldSet(.labID, .timestamp), inner: .sensor)
        case .sensor:
            ProfileShape(
                required: ProfileFieldSet(.sensorKind, .sensorUnit, .entries), inner: .sensorEntry)
        case .sensorEntry: ProfileShape(required: ProfileFieldSet(.entryTimestamp, .entryValue))
        }
    }

    /// What the value of a field has to be.
    @inline(__always)
    func rule(for field: ProfileField) -> Rule {
        guard required.contains(field) || optional.contains(field) else { return .anything }
        switch field {
        case .deviceID, .labID, .sensorType, .gasType, .sensorKind, .sensorUnit: return .text
        case .timestamp, .entryTimestamp: return .number
        case .pressurePa, .concentrationPpm, .entryValue, .entryPpm: return .measurement
        case .entries, .sensors: return .maps
        }
    }

    /// The first field that a map with these fields lacks.
    @inline(__always)
    func missing(from present: ProfileFieldSet) -> ProfileField? {
        if let field = required.first(notIn: present) { return field }
        guard let (first, second) = choice, !present.contains(first), !present.contains(second)
        else { return nil }
        return first
    }
}

/// Some fields, in a word.
struct ProfileFieldSet: Equatable {
    private var bits: UInt16 = 0

    /// No field.
    @inline(always)
    init() {}

    /// At most five fields: of constants the compiler makes the word, of an array it would not.
    @inline(always)
    init(
        _ first: ProfileField, _ second: ProfileField? = nil, _ third: ProfileField? = nil,
        _ fourth: ProfileField? = nil, _ fifth: ProfileField? = nil
    ) {
        insert(first)
        if let second { insert(second) }
        if let third { insert(third) }
        if let fourth { insert(fourth) }
        if let fifth { insert(fifth) }
    }

    @inline(always)
    mutating func insert(_ field: ProfileField) {
        bits |= 1 &<< UInt16(field.rawValue)
    }

    @inline(always)
    func contains(_ field: ProfileField) -> Bool {
        bits & 1 &<< UInt16(field.rawValue) != 0
    }

    /// The first field, in their order, that another set does not have.
    @inline(always)
    func first(notIn other: ProfileFieldSet) -> ProfileField? {
        let missing = bits & ~other.bits
        guard missing != 0 else { return nil }
        return ProfileField(rawValue: UInt8(truncatingIfNeeded: missing.trailingZeroBitCount))
    }
}
