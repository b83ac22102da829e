/// What a device usually measures in one field, and whether it has left that.
///
/// A running centre and spread in a few bytes, in place of median and absolute deviation: no single
/// value counts for more than three spreads, so that outliers move neither by much. A level that stays
/// becomes the usual one with time.
struct FieldHistory: Sendable {
    /// Place of the field's name in the fleet's table.
    let name: UInt16
    private(set) var center: Double
    private(set) var last: Double
    /// Mean distance from the centre.
    private(set) var spread: Float = 0
    /// Values so far; of them, those that differed from the one before, and those that were below it.
    /// All are halved now and then.
    private var count: UInt16 = 1
    private var changes: UInt16 = 0
    private var falls: UInt16 = 0
    /// Values in a row that were outside, or inside while one stands.
    private var run: UInt8 = 0
    private(set) var isOutside = false

    /// Values that it takes to know what is usual.
    static let leastValues: UInt16 = 60
    private static let mostValues: UInt16 = 512
    /// One value in so many has to differ from the one before, or it is a state and no measurement; one
    /// in so many has to be below it, or it is a counter.
    private static let valuesForChange: UInt16 = 8
    private static let valuesForFall: UInt16 = 16
    /// Values in a row that make an anomaly, and that end it.
    static let raisingRun: UInt8 = 3
    static let clearingRun: UInt8 = 5
    private static let slowestWeight = 1.0 / 64
    private static let mostSpreads = 3.0
    /// The least spread, as a part of the centre.
    static let leastSpreadShare = 0.001

    init(name: UInt16, first value: Double) {
        self.name = name
        center = value
        last = value
    }

    /// Takes in one value.
    ///
    /// - Parameter spreads: How many spreads a value may be off the centre; half of them end it.
    mutating func note(_ value: Double, spreads: Double) {
        if value != last { changes += 1 }
        if value < last { falls += 1 }
        last = value
        judge(value, spreads)
        learn(value)
        count += 1
        guard count == Self.mostValues else { return }
        (count, changes, falls) = (count / 2, changes / 2, falls / 2)
    }

    /// How many spreads a value is off the centre.
    func distance(of value: Double) -> Double { abs(value - center) / floor }

    /// The spread, and what it is at least.
    private var floor: Double {
        max(Double(spread), abs(center) * Self.leastSpreadShare, .leastNormalMagnitude)
    }

    /// Whether there is a usual value to be off.
    private var knows: Bool {
        count >= Self.leastValues && changes * Self.valuesForChange >= count
            && falls * Self.valuesForFall >= count
    }

    private mutating func judge(_ value: Double, _ spreads: Double) {
        guard knows else { return }
        let limit = isOutside ? spreads / 2 : spreads
        guard (distance(of: value) > limit) != isOutside else {
            run = 0
            return
        }
        run += 1
        guard run >= (isOutside ? Self.clearingRun : Self.raisingRun) else { return }
        isOutside.toggle()
        run = 0
    }

    private mutating func learn(_ value: Double) {
        let weight = max(Self.slowestWeight, 1 / Double(count + 1))
        let distance = value - center
        let bound = count < 8 ? .infinity : Self.mostSpreads * floor
        let bounded = min(max(distance, -bound), bound)
        center += weight * bounded
        spread += Float(weight * (abs(bounded) - Double(spread)))
    }
}
