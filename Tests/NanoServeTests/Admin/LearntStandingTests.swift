import NanoCore
import Testing

@testable import NanoServe

@Suite struct LearntStandingTests {
    @Test func `a greeting that was on its way during an elevation does not undo it`() {
        var standing = LearntStanding(.beside(nil))
        let connecting = standing
        let elevating = standing
        let isElevated = standing.learn(.steers, since: elevating)
        #expect(isElevated && standing.value == .steers)
        let isGreeted = standing.learn(.beside(nil), since: connecting)
        #expect(!isGreeted && standing.value == .steers)
        // Asked again, the gateway knows, whatever it says.
        let again = standing.learn(.beside(nil), since: standing)
        #expect(again && standing.value == .beside(nil))
    }

    @Test func `an elevation by a gateway that is gone by now counts for nothing`() {
        var standing = LearntStanding(.beside(nil))
        let elevating = standing
        let isGreeted = standing.learn(.beside(nil), since: standing)
        let isElevated = standing.learn(.steers, since: elevating)
        #expect(isGreeted && !isElevated)
        #expect(standing.value == .beside(nil))
    }
}
