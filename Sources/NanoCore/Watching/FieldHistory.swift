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
    /// The widest distance of late, which fades slowly; and the least change that was seen.
    private var widest: Float = 0
    private var resolution: Float = .infinity
    /// Values so far; of them, those that differed from the one before, by how little that was, and those
    /// that were below it. All are halved now and then.
    private var count: UInt16 = 1
    private var changes: UInt16 = 0
    private var steps: UInt16 = 0
    private var falls: UInt16 = 0
    /// Values in a row that were outside, or inside while one stands.
    private var run: UInt8 = 0
    private(set) var isOutside = false

    /// Values that it takes to know what is usual.
    static let leastValues: UInt16 = 120
    private static let mostValues: UInt16 = 512
    /// One value in so many has to differ from the one before, or it is a state and no measurement;
    /// of a coarse sensor, whose changes are single steps mostly, one in more.
    private static let valuesForChange: UInt16 = 2
    private static let valuesForStep: UInt16 = 32
    /// One change in so many has to be a fall, or it is a counter.
    private static let changesForFall: UInt16 = 6
    /// Values in a row that make an anomaly, and that end it.
    static let raisingRun: UInt8 = 3
    static let clearingRun: UInt8 = 5
    /// What is not more than twice as far off as what was seen of late is no anomaly, at ten spreads.
    private static let widestShare: Float = 0.2
    private static let fading: Float = 1 - 1.0 / 1_024
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
    /// - Parameters:
    ///   - spreads: How many spreads a value may be off the centre; half of them end it.
    ///   - mayJudge: Whether the device is known for long enough.
    mutating func note(_ value: Double, spreads: Double, mayJudge: Bool = true) {
        if value != last {
            changes += 1
            let change = Float(abs(value - last))
            resolution = min(resolution, change)
            if change < 2.5 * resolution { steps += 1 }
        }
        if value < last { falls += 1 }
        last = value
        if mayJudge { judge(value, spreads) }
        learn(value)
        count += 1
        guard count == Self.mostValues else { return }
        (count, changes, steps, falls) = (count / 2, changes / 2, steps / 2, falls / 2)
    }

    /// How many spreads a value is off the centre.
    func distance(of value: Double) -> Double { abs(value - center) / floor }

    /// The spread, and what it is at least: numbers come in steps, and have been further off before.
    private var floor: Double {
        let step = resolution.isFinite ? resolution : 0
        let least = Double(max(spread, widest * Self.widestShare, step))
        return max(least, abs(center) * Self.leastSpreadShare, .leastNormalMagnitude)
    }

    /// Whether there is a usual value to be off.
    private var knows: Bool {
        let isCoarse = steps >= changes / 4 * 3
        let most = isCoarse ? Self.valuesForStep : Self.valuesForChange
        return count >= Self.leastValues && changes * most >= count
            && falls * Self.changesForFall >= changes && falls > 1
    }

    private mutating func judge(_ value: Double, _ spreads: Double) {
        guard knows else {
            isOutside = false
            run = 0
            return
        }
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
        // What is not known yet is learned as it is.
        let bound = knows ? Self.mostSpreads * floor : .infinity
        let bounded = min(max(distance, -bound), bound)
        center += weight * bounded
        spread += Float(weight * (abs(bounded) - Double(spread)))
        widest = max(Float(abs(bounded)), widest * Self.fading)
    }
}
