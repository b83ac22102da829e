import NanoCore
import Testing

/// What an alarm says of why packets wait for a destination that works.
@Suite struct RouteRestraintTests {
    @Test(arguments: [
        (2, "held back to 2 of 16 requests at once, as its answers got slow or pushed back"),
        (16, "16 requests at once, which is the limit"),
    ])
    func `what falls behind says whether the destination is slow or the limit is low`(
        limit: Int, words: String
    ) {
        var watch = AlarmWatch()
        watch.snapshot.routes[0].concurrencyCeiling = 16
        watch.snapshot.routes[0].concurrencyLimit = limit
        watch.pass(seconds: 70) {
            $0.routes[0].waiting += 120
            $0.routes[0].accepted += 1_120
            $0.routes[0].delivered += 1_000
        }
        #expect(watch.titles == ["alba falls behind"])
        #expect(watch.texts[0].contains(", 120/s more come than leave, \(words); "))
        #expect(watch.texts[0].contains("raise its batch_events") == (limit == 16))
    }

    @Test func `requests that are not under way are no limit`() {
        var watch = AlarmWatch()
        watch.snapshot.routes[0].concurrencyCeiling = 16
        watch.snapshot.routes[0].concurrencyLimit = 16
        watch.snapshot.routes[0].concurrencyUsed = 2
        watch.pass(seconds: 70) {
            $0.routes[0].waiting += 120
            $0.routes[0].accepted += 1_120
            $0.routes[0].delivered += 1_000
        }
        #expect(
            watch.texts[0].contains(", 2 of 16 requests at once under way; raise its batch_events"))
        #expect(!watch.texts[0].contains("make the destination faster"))
    }

    @Test
    func `a destination that does not take some devices' packets is neither slow nor catching up`()
    {
        var watch = AlarmWatch()
        watch.snapshot.routes[0].concurrencyCeiling = 16
        watch.snapshot.routes[0].concurrencyLimit = 16
        watch.snapshot.routes[0].failingDevices = 3
        watch.snapshot.routes[0].lastError = "207 Multi-Status (of single events: 503 busy)"
        watch.pass(seconds: 70) {
            $0.routes[0].waiting += 120
            $0.routes[0].heldBack = $0.routes[0].waiting - 5
            $0.routes[0].accepted += 1_120
            $0.routes[0].delivered += 1_000
        }
        #expect(watch.titles == ["alba does not take all"])
        #expect(
            watch.texts[0].hasPrefix(
                "packets of 3 devices fail again and again while others are taken, "
                    + "207 Multi-Status (of single events: 503 busy); "))
        // What leaves is others' packets.
        watch.snapshot.routes[0].flow = RouteFlow(incoming: 10, outgoing: 20)
        #expect(watch.snapshot.routes[0].emptyInSeconds == nil)
        // Once they are taken, it is a backlog like any other.
        watch.snapshot.routes[0].failingDevices = 0
        #expect(watch.snapshot.routes[0].emptyInSeconds != nil)
    }

    @Test func `devices whose packets are not taken are named, within half a minute`() {
        var watch = AlarmWatch()
        watch.snapshot.routes[0].failingDevices = 4
        watch.snapshot.routes[0].failing = ["A", "\u{1B}B", "C"].map { DeviceName(.asicMulti, $0) }
        for second in 1...20 {
            watch.pass {
                $0.routes[0].waiting = UInt64(second)
                $0.routes[0].heldBack = UInt64(second)
                $0.routes[0].oldestSeconds = Double(second)
            }
            #expect(watch.board.alarms.isEmpty == (second < 16), "\(second)")
        }
        #expect(
            watch.texts[0].hasPrefix(
                "packets of 4 devices (0x30 A, 0x30 \\u{1B}B and 2 more) fail again and again"),
            "\(watch.texts)")
        // With all known nothing is left to be counted.
        watch.pass {
            $0.routes[0].failingDevices = 1
            $0.routes[0].failing = [DeviceName(.asicMulti, "")]
        }
        #expect(watch.texts[0].hasPrefix("packets of 1 device (0x30 without an id) fail"))
    }

    @Test func `an alarm about dead letters tells why they are dead, not what failed last`() {
        var watch = AlarmWatch()
        watch.pass(seconds: 2) {
            $0.routes[0].deadLetters += 1
            $0.routes[0].condemned += 1
            $0.routes[0].lastError = "207 Multi-Status (of single events: 503 busy)"
            $0.routes[0].newestDeadLetters = [
                DeadLetterSnapshot(
                    id: "1", model: .custom, unixMilliseconds: 1, error: "422",
                    reason: "no such device")
            ]
        }
        #expect(watch.titles == ["alba refuses packets for good"])
        #expect(watch.texts[0].hasPrefix("2 dead letters, 422 no such device; "))
    }
}
