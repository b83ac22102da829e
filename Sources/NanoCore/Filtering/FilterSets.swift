/// Some of the models.
struct FilterModels: Equatable, Sendable {
    private var bits = SIMD4<UInt64>()

    init(_ isMember: (ModelID) -> Bool) {
        for value in UInt8.min...UInt8.max where isMember(ModelID(rawValue: value)) {
            bits[Int(value >> 6)] |= 1 << UInt64(value & 63)
        }
    }

    /// Those that a value means by id or family, where letters can be left out by asterisks.
    init(_ value: FilterSyntax.Part) {
        let (text, pattern) = (value.text, value.pattern)
        self.init { model in
            ModelID(text) == model || pattern.isAll(of: model.description)
                || model.family.map(pattern.isAll) ?? false
        }
    }

    var isEmpty: Bool { bits == SIMD4() }

    func contains(_ model: ModelID) -> Bool {
        bits[Int(model.rawValue >> 6)] >> UInt64(model.rawValue & 63) & 1 == 1
    }

    mutating func formUnion(_ other: FilterModels) {
        bits |= other.bits
    }
}

/// Some of the reasons for refusals.
package struct RefusalSet: Equatable, Sendable {
    private var bits: UInt32 = 0

    package init(_ reasons: some Sequence<RefusalReason>) {
        for reason in reasons { bits |= 1 << UInt32(reason.rawValue) }
    }

    package init(_ reason: RefusalReason? = nil) {
        bits = reason.map { 1 << UInt32($0.rawValue) } ?? 0
    }

    package var isEmpty: Bool { bits == 0 }

    func overlaps(_ other: RefusalSet) -> Bool { bits & other.bits != 0 }
}
