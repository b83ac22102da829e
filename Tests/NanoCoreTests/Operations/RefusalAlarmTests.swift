import NanoCore
import Testing

/// Alarms for what is refused: one for each kind of refusal, with who it comes from.
@Suite struct RefusalAlarmTests {
    @Test(arguments: [
        (RefusalReason.replay, "replay storm"), (.replayStale, "stale frames"),
        (.macMismatch, "MAC failures"), (.crcMismatch, "MAC failures"),
        (.timestampDrift, "wrong clocks"), (.timestampFuture, "wrong clocks"),
        (.timestampAncient, "wrong clocks"), (.badMagic, "garbage"),
        (.truncated, "frames cut short"), (.rateLimited, "limit exceeded"),
        (.unknownModel, "unknown models"), (.securityTooLow, "level too low"),
        (.cborMalformed, "bad payloads"), (.profileViolation, "bad payloads"),
    ])
    func `five refusals of a kind a second are an alarm, four are not`(
        reason: RefusalReason, title: String
    ) throws {
        var watch = AlarmWatch()
        watch.pass(seconds: 10) { $0.refuse(4, reason) }
        #expect(watch.board.alarms.isEmpty)
        watch.pass(seconds: 10) { $0.refuse(5, reason) }
        let alarm = try #require(watch.board.alarms.first)
        #expect(watch.titles == [title])
        #expect(alarm.severity == .warning && alarm.reason == reason)
        #expect(alarm.model == .esp32Pressure && alarm.route == nil)
        #expect(alarm.text.hasPrefix("5.0 frames/s refused of 0x10 ESP32; "))
    }

    @Test func `what most refused frames are found to be is told, as the rejections do`() {
        var watch = AlarmWatch()
        watch.pass(seconds: 10) { snapshot in
            snapshot.refuse(9, .macMismatch)
            snapshot.reject(.macMismatch, from: (1...9).map { "10.0.0.\($0):1" })
            for index in snapshot.rejections.indices {
                snapshot.rejections[index].diagnosis =
                    "valid under the previous secret (generation 3), rotated \(index) min before: this "
                    + "device has not been updated"
            }
        }
        #expect(watch.texts[0].contains(", valid under the previous secret (generation 3); "))
    }

    @Test func `every reason belongs to one kind`() {
        for reason in RefusalReason.allCases {
            var watch = AlarmWatch()
            watch.pass { $0.refuse(100, reason) }
            #expect(watch.board.alarms.map(\.reason) == [reason])
        }
    }

    @Test func `models share an alarm, which names the one that most comes from`() throws {
        var watch = AlarmWatch()
        watch.pass {
            $0.refuse(90, .replay, model: 1)
            $0.refuse(9, .replay)
        }
        #expect(watch.texts[0].hasPrefix("99 frames/s refused of 0x20 and 0x10 ESP32; "))
        #expect(watch.board.alarms[0].model == .stm32Gas)
        watch.pass(seconds: 10) { for model in 0..<3 { $0.refuse(2_000, .replay, model: model) } }
        #expect(watch.board.alarms.count == 1)
        #expect(watch.texts[0].hasPrefix("6,000 frames/s refused of 0x10 ESP32 and 2 other models"))
        #expect(watch.board.alarms[0].model == nil)
    }

    @Test func `an alarm names the address that most comes from, and none if it is from all over`()
    {
        var watch = AlarmWatch()
        let most = ["10.0.4.17:1", "10.0.4.17:2", "10.0.4.9:1", "[::1]:7", "10.0.4.17:4"]
        watch.pass {
            $0.refuse(9, .replay)
            $0.reject(.replay, from: most)
        }
        #expect(watch.texts[0].contains("of 0x10 ESP32, mostly from 10.0.4.17; "))
        #expect(watch.board.alarms[0].address == "10.0.4.17")
        watch.pass {
            $0.refuse(9, .replay)
            $0.reject(.replay, from: (1...9).map { "10.0.4.\($0):5" })
        }
        #expect(watch.texts[0].contains("of 0x10 ESP32; "))
        watch.pass(seconds: 12) { $0.refuse(9, .replay) }
        #expect(watch.board.alarms[0].address == nil, "old rejections say nothing of these seconds")
    }

    @Test func `faults in framing have no model to be named`() {
        var watch = AlarmWatch()
        watch.pass { $0.refuse(25, .badMagic, model: nil) }
        #expect(watch.texts[0].hasPrefix("25 frames/s refused; "))
        #expect(watch.board.alarms[0].model == nil)
    }

    @Test func `models without a secret are named`() {
        var watch = AlarmWatch()
        watch.pass {
            $0.refuse(8, .unknownModel, model: nil)
            var stranger = ModelSnapshot(id: ModelID(rawValue: 0x55))
            stranger.refusedByReason[Int(RefusalReason.unknownModel.rawValue)] = 8
            $0.unknownModels = [stranger]
        }
        #expect(watch.texts[0].hasPrefix("8.0 frames/s refused of 0x55; give the model a secret"))
    }

    @Test func `in much traffic a few refusals are no alarm`() {
        var watch = AlarmWatch()
        watch.pass(seconds: 5) {
            $0.ledger.received += 10_000
            $0.refuse(9, .truncated)
        }
        #expect(watch.board.alarms.isEmpty)
        watch.pass(seconds: 10) {
            $0.ledger.received += 10_000
            $0.refuse(11, .truncated)
        }
        #expect(watch.titles == ["frames cut short"])
    }

    @Test func `a single sender of a refusal each second is an alarm within a minute`() {
        var watch = AlarmWatch()
        watch.pass(seconds: 20) {
            $0.refuse(1, .macMismatch)
            $0.reject(.macMismatch, from: ["10.0.4.17:1"])
        }
        #expect(watch.board.alarms.isEmpty)
        watch.pass(seconds: 40) {
            $0.refuse(1, .macMismatch)
            $0.reject(.macMismatch, from: ["10.0.4.17:1"])
        }
        #expect(watch.titles == ["MAC failures"])
        #expect(
            watch.texts[0].hasPrefix("1.0 frames/s refused of 0x10 ESP32, mostly from 10.0.4.17; "))
        #expect(watch.board.alarms[0].address == "10.0.4.17")
        watch.pass(seconds: 120) { $0.rejections = [] }
        #expect(watch.board.alarms.isEmpty)
    }

    /// Refusals a second; one in so many seconds.
    @Test(arguments: [(1, 1), (3, 1), (9, 1), (200, 1), (1, 2)])
    func `an alarm of a single sender ends within half a minute of its last refusal`(
        count: Int, every: Int
    ) {
        var watch = AlarmWatch()
        for second in 0..<300 {
            watch.pass {
                $0.rejections = []
                guard second % every == 0 else { return }
                $0.refuse(UInt64(count), .macMismatch)
                $0.reject(
                    .macMismatch, from: Array(repeating: "10.0.4.17:1", count: min(count, 64)))
            }
        }
        watch.pass { $0.rejections = [] }
        if every == 1 { #expect(watch.changes == ["+MAC failures"]) }
        watch.pass(seconds: 30)
        #expect(watch.board.alarms.isEmpty)
    }

    @Test func `one that repeats itself every few seconds keeps its alarm`() {
        var watch = AlarmWatch()
        for second in 0..<240 {
            watch.pass {
                $0.rejections = []
                let isBusy = second < 60
                guard isBusy || second % 3 == 0 else { return }
                $0.refuse(1, .macMismatch)
                $0.reject(.macMismatch, from: ["10.0.4.17:1"])
            }
        }
        #expect(watch.changes == ["+MAC failures"])
    }

    @Test func `a burst of a slow sender is no alarm, and none says more than the mean`() {
        var watch = AlarmWatch()
        watch.pass(seconds: 11)
        for _ in 0..<3 {
            watch.pass { $0.refuse(11, .timestampDrift) }
            watch.pass(seconds: 10) { $0.refuse(1, .timestampDrift) }
        }
        #expect(watch.board.alarms.isEmpty)
        watch.pass { $0.refuse(60, .timestampDrift) }
        #expect(watch.texts[0].hasPrefix("6.9 frames/s refused of 0x10 ESP32; "))
    }

    @Test func `an alarm of a sender says the same as one of all, whichever holds at a look`() {
        var watch = AlarmWatch()
        var sentences: Set<Substring> = []
        for second in 0..<180 {
            watch.pass {
                // Three a second on the whole, which is about what lets an alarm stand.
                let count = second % 20 < 10 ? 1 : 5
                $0.refuse(UInt64(count), .macMismatch)
                $0.reject(
                    .macMismatch,
                    from: (0..<count).map { $0 < 3 ? "10.0.4.17:1" : "10.0.4.\($0):1" })
            }
            guard let text = watch.texts.first else { continue }
            sentences.insert(text.drop { $0.isNumber || $0 == "." })
        }
        #expect(sentences.count == 1)
    }

    @Test func `a sender that is behind a small part of it is named with its part`() {
        var watch = AlarmWatch()
        for second in 0..<60 {
            watch.pass {
                $0.refuse(3, .macMismatch)
                $0.reject(
                    .macMismatch,
                    from: ["10.0.4.17:1", "10.0.5.\(second):1", "10.0.6.\(second):1"])
            }
        }
        #expect(
            watch.texts[0].hasPrefix(
                "3.0 frames/s refused of 0x10 ESP32, 1.0 of them from 10.0.4.17; "))
        #expect(watch.board.alarms[0].address == "10.0.4.17")
    }

    @Test func `a sender that was worse before has no more of what is refused now than there is`()
        throws
    {
        var watch = AlarmWatch()
        for second in 0..<60 {
            watch.pass {
                // A flood of one, and behind it three a second of whom a third is still it.
                let count = second < 30 ? 60 : 1
                let from =
                    Array(repeating: "10.0.4.17:1", count: count)
                    + ["10.0.5.\(second):1", "10.0.6.\(second):1"]
                $0.refuse(UInt64(from.count), .macMismatch)
                $0.reject(.macMismatch, from: from)
            }
        }
        let words = "3.0 frames/s refused of 0x10 ESP32, 1.0 of them from 10.0.4.17; "
        #expect(try #require(watch.texts.first).hasPrefix(words), "\(watch.texts)")
        // Nothing is of a sender that has ceased, while others go on.
        for second in 0..<20 {
            watch.pass {
                $0.refuse(3, .macMismatch)
                $0.reject(.macMismatch, from: (0..<3).map { "10.\($0).7.\(second):1" })
            }
        }
        #expect(
            try #require(watch.texts.first).hasPrefix("3.0 frames/s refused of 0x10 ESP32; "),
            "\(watch.texts)")
    }

    @Test func `as many refusals from many senders are none, nor are retransmissions`() {
        var watch = AlarmWatch()
        for second in 0..<120 {
            watch.pass {
                $0.refuse(2, .replay)
                $0.ledger.retransmitted += 1
                $0.ledger.accepted += 9
                $0.reject(.replay, from: ["10.0.4.\(second):1"])
                let again = Refusal(.replay, .sameAddress)
                $0.rejections.append(
                    PacketRecord(
                        id: 9, unixMilliseconds: $0.gateway.unixMilliseconds + 500,
                        address: "10.0.5.1:1", bytes: [], refusal: again))
            }
        }
        #expect(watch.board.alarms.isEmpty)
    }

    @Test func `an alarm names the device whose frames most of it are`() {
        var watch = AlarmWatch()
        watch.pass {
            $0.refuse(9, .replay)
            $0.reject(.replay, from: ["10.0.4.17:1", "10.0.4.17:2"])
            for index in $0.rejections.indices { $0.rejections[index].deviceID = "P\u{7}-1" }
        }
        #expect(
            watch.texts[0].contains("of 0x10 ESP32, mostly from 10.0.4.17, mostly as P\\u{7}-1; "))
    }

    @Test func `retransmissions are no alarm, unless more come again than came at first`() {
        var watch = AlarmWatch()
        func pass(_ replays: UInt64, retransmitted: UInt64, accepted: UInt64) {
            watch.pass {
                $0.ledger.accepted += accepted
                $0.ledger.received += accepted
                $0.ledger.retransmitted += retransmitted
                $0.refuse(replays, .replay)
            }
        }
        for _ in 0..<60 { pass(200, retransmitted: 200, accepted: 300) }
        #expect(watch.board.alarms.isEmpty)
        for _ in 0..<10 { pass(208, retransmitted: 200, accepted: 300) }
        #expect(watch.texts[0].hasPrefix("8.0 frames/s refused of 0x10 ESP32; "))
        watch = AlarmWatch()
        pass(50, retransmitted: 50, accepted: 10)
        #expect(watch.texts[0].hasPrefix("40 frames/s refused of 0x10 ESP32; "))
    }

    @Test func `an alarm that stands takes less to stay`() {
        var watch = AlarmWatch()
        watch.pass { $0.refuse(5, .replay) }
        watch.pass(seconds: 60) { $0.refuse(3, .replay) }
        #expect(watch.titles == ["replay storm"])
        watch.pass(seconds: 31) { $0.refuse(2, .replay) }
        #expect(watch.board.alarms.isEmpty)
    }
}
