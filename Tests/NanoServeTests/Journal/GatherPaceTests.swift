import Testing

@testable import NanoServe

@Suite struct GatherPaceTests {
    private let pace = GatherPace(milliseconds: 1.5)

    @Test func `a group with little in it goes to disk after its time`() {
        #expect(pace.nanoseconds == 1_500_000)
        #expect(!pace.waitsOn(groupBytes: 1))
        #expect(!pace.waitsOn(groupBytes: (16 << 10) - 1))
    }

    @Test func `a group that much comes to waits on for twice as long, until it is full`() {
        #expect(pace.busyNanoseconds == 4_500_000)
        #expect(pace.waitsOn(groupBytes: 16 << 10))
        #expect(!pace.waitsOn(groupBytes: LogGroup.fullBytes))
        #expect(GatherPace(milliseconds: 3).busyNanoseconds == 5_000_000)
        #expect(GatherPace(milliseconds: 1_000).busyNanoseconds == 1_000_000_000)
    }
}
