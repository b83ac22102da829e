import NanoCore
import Testing

/// What is told of a device that is being set up.
@Suite struct ProvisionWatchTests {
    private static let start: Int64 = 1_790_000_000_000

    private var watch = ProvisionWatch(
        model: .esp32Pressure, device: "ESP32-001", sinceUnixMilliseconds: start)

    private func record(
        _ id: UInt64, _ refusal: Refusal? = nil, model: ModelID? = .esp32Pressure,
        device: String? = "ESP32-001", diagnosis: String? = nil, at milliseconds: Int64 = 5,
        from address: String = "10.0.4.17:50112"
    ) -> PacketRecord {
        PacketRecord(
            id: id, unixMilliseconds: Self.start + milliseconds, address: address,
            bytes: [], refusal: refusal, model: model, deviceID: device, diagnosis: diagnosis)
    }

    @Test mutating func `the first packet ends the watch`() {
        let accepted = ProvisionWatch.News.accepted(
            "first packet of ESP32-001 accepted, from 10.0.4.17:50112")
        #expect(watch.note(record(1)) == accepted)
        #expect(watch.isOver && watch.news == accepted)
        #expect(watch.note(record(2, Refusal(.replay, .sameAddress))) == nil)
        #expect(watch.isOver)
    }

    @Test(
        arguments: [
            (
                Refusal(.timestampAncient, observed: .integer(371_200), allowed: .integer(3_600)),
                nil,
                "its clock is 371,200 s behind, at most 3600 s are allowed; set its clock"
            ),
            (
                Refusal(.timestampFuture, observed: .integer(61), allowed: .integer(60)), nil,
                "its clock is 61 s ahead, at most 60 s are allowed; set its clock"
            ),
            (
                Refusal(.securityTooLow, observed: .unsigned(1), allowed: .unsigned(2)), nil,
                "security level STANDARD, the model takes HIGH and above; put a higher level"
            ),
            (
                Refusal(.macMismatch), nil,
                "the MAC differs under every valid secret of the model; compare its key"
            ),
            (
                Refusal(.macMismatch), "valid with the model's secret itself",
                "valid with the model's secret itself; mend that in its firmware"
            ),
            (Refusal(.profileViolation, .deviceUnnamed), nil, "docs/protocol.md"),
            (
                Refusal(.profileViolation, .deviceUnknown, observed: .integer(1)), nil,
                "approve it, with w in the console's Devices or nanogridata devices approve 0x10 "
                    + "ESP32-001"
            ),
            (
                Refusal(.profileViolation, .deviceBlocked), nil,
                "where that is not meant any more, nanogridata devices approve 0x10 ESP32-001"
            ),
        ] as [(Refusal, String?, String)])
    func `what is wrong is said, with what to do`(
        refusal: Refusal, diagnosis: String?, words: String
    ) {
        var watch = watch
        let news = watch.note(record(1, refusal, diagnosis: diagnosis))
        guard case .refused(let text) = news else {
            Issue.record("nothing was said")
            return
        }
        #expect(text.lowercased().contains(words.lowercased()), "\(text)")
        #expect(!watch.isOver && watch.news == news)
    }

    @Test mutating func `a fault is news once, and its newest numbers are kept`() {
        func late(_ id: UInt64, _ seconds: Int64) -> PacketRecord {
            record(
                id, Refusal(.timestampDrift, observed: .integer(seconds), allowed: .integer(3_600)))
        }
        #expect(watch.note(late(1, 3_712)) != nil)
        #expect(watch.note(late(2, 3_713)) == nil)
        #expect(watch.news.map { "\($0)" }?.contains("3,713 s behind") == true)
        // What an examination has found out about it is another matter.
        #expect(watch.note(record(3, Refusal(.macMismatch))) != nil)
        #expect(watch.note(record(3, Refusal(.macMismatch), diagnosis: "wrong model id?")) != nil)
        #expect(watch.note(record(1)) != nil && watch.isOver)
    }

    @Test mutating func `what others send, or what came before, says nothing`() {
        #expect(watch.note(record(1, device: "ESP32-002")) == nil)
        #expect(watch.note(record(2, model: .stm32Gas)) == nil)
        #expect(watch.note(record(3, Refusal(.macMismatch), device: "ESP32-002")) == nil)
        #expect(watch.note(record(4, at: -1)) == nil)
        #expect(watch.note(record(5, Refusal(.badMagic), model: nil, device: nil)) == nil)
        #expect(watch.note(record(6, device: nil)) == nil)
        #expect(watch.news == nil)
    }

    @Test
    mutating func `a frame that names no device is blamed on it where its name came from only`() {
        let broken = Refusal(.cborMalformed, .empty)
        func isItsOwn(_ news: ProvisionWatch.News?) -> Bool? {
            switch news {
            case .refused: true
            case .nameless: false
            case nil, .accepted, .misnamed, .otherModel, .noFrames: nil
            }
        }
        let stranger = watch.note(record(1, broken, device: nil, from: "10.0.4.99:1"))
        #expect(isItsOwn(stranger) == false)
        let words = stranger.map { "\($0)" } ?? ""
        #expect(words.contains("a device that does not name itself, at 10.0.4.99: "), "\(words)")
        #expect(watch.note(record(2, broken, device: nil, from: "10.0.4.99:2")) == nil)
        // What names it says where it is; its port is another with each connection.
        #expect(isItsOwn(watch.note(record(3, Refusal(.macMismatch)))) == true)
        let own = watch.note(record(4, broken, device: nil, from: "10.0.4.17:60000"))
        #expect(isItsOwn(own) == true && watch.news == own)
        // What others do is told, but does not hide what it does.
        let other = watch.note(
            record(5, Refusal(.securityTooLow), device: nil, from: "10.0.4.99:3"))
        #expect(isItsOwn(other) == false && watch.news == own)
        // An accepted packet without a name is not the one that is waited for.
        #expect(watch.note(record(6, device: nil)) == nil)
        #expect(!watch.isOver)
    }

    @Test mutating func `who was refused before it began is not taken for it`() {
        var old = record(1, Refusal(.macMismatch), device: "STM-OLD")
        old.unixMilliseconds = Self.start - 1_000
        old.diagnosis = "another key"
        var again = old
        again.unixMilliseconds = Self.start + 1_000
        var snapshot = Snapshot()
        snapshot.gateway.unixMilliseconds = Self.start + 5_000
        snapshot.rejections = [old, again]
        #expect(watch.note(snapshot).isEmpty)
        // Nor once the list has lost what was before.
        snapshot.rejections = [again]
        #expect(watch.note(snapshot).isEmpty && watch.news == nil)
    }

    @Test func `without a name any device of the model is the one`() {
        var watch = ProvisionWatch(
            model: .esp32Pressure, device: nil, sinceUnixMilliseconds: Self.start)
        #expect(watch.note(record(1, model: .stm32Gas)) == nil)
        #expect(watch.note(record(2, device: "\u{1B}[2Jevil")) != nil)
        #expect(
            watch.news
                == .accepted(#"first packet of \u{1B}[2Jevil accepted, from 10.0.4.17:50112"#))
    }

    @Test func `no id of a device is offered to be pasted into a shell`() {
        var watch = ProvisionWatch(
            model: .esp32Pressure, device: nil, sinceUnixMilliseconds: Self.start)
        let news = watch.note(
            record(1, Refusal(.profileViolation, .deviceUnknown), device: "x; reboot"))
        let text = news.map { "\($0)" } ?? ""
        #expect(text.contains("approve 0x10 DEVICE") && !text.contains("reboot"), "\(text)")
    }

    @Test mutating func `a packet that no list of a snapshot has any more is seen by its device`() {
        var snapshot = Snapshot()
        snapshot.rejections = [record(1, Refusal(.macMismatch))]
        // Why it failed may be found out within a second.
        snapshot.gateway.unixMilliseconds = Self.start + 1_004
        let early = watch.note(snapshot)
        #expect(early.isEmpty)
        snapshot.gateway.unixMilliseconds = Self.start + 1_005
        var row = DeviceSnapshot(model: .esp32Pressure, id: "ESP32-001")
        row.address = "10.0.4.17:50112"
        row.accepted = 1
        row.lastSeenUnixMilliseconds = Self.start - 1
        snapshot.devices = [row]
        let (once, again) = (watch.note(snapshot), watch.note(snapshot))
        #expect(once.count == 1 && again.isEmpty)
        #expect(!watch.isOver && watch.news != nil)
        snapshot.devices[0].lastSeenUnixMilliseconds = Self.start
        watch.note(snapshot)
        #expect(watch.isOver)
    }

    @Test mutating func `while nothing has come, who may be it under another name is told once`() {
        var snapshot = Snapshot()
        snapshot.gateway.unixMilliseconds = Self.start + 5_000
        var known = DeviceSnapshot(model: .esp32Pressure, id: "ESP32-002")
        known.firstSeenUnixMilliseconds = Self.start - 1
        known.lastSeenUnixMilliseconds = Self.start + 4_000
        snapshot.devices = [known]
        let mismatch = Refusal(.macMismatch)
        snapshot.rejections = [record(1, mismatch, device: "ESP32-002")]
        let ofKnown = watch.note(snapshot)
        #expect(ofKnown.isEmpty && watch.news == nil)
        snapshot.rejections.append(record(2, mismatch, device: "ESP32-1"))
        let (ofNew, again) = (watch.note(snapshot), watch.note(snapshot))
        #expect(ofNew.count == 1 && again.isEmpty)
        #expect(ofNew.first.map { "\($0)" }?.contains("calls itself ESP32-1 sends") == true)
        var accepted = DeviceSnapshot(model: .esp32Pressure, id: "ESP32-2")
        accepted.firstSeenUnixMilliseconds = Self.start
        snapshot.devices.append(accepted)
        let ofAccepted = watch.note(snapshot)
        #expect(ofAccepted.first.map { "\($0)" }?.contains("calls itself ESP32-2 sends") == true)
        // What comes under its own name counts for more.
        snapshot.rejections.append(
            record(3, Refusal(.timestampDrift, observed: .integer(9), allowed: .integer(5))))
        let own = watch.note(snapshot)
        #expect(own.count == 1 && watch.news == own.first)
    }

    private func shown(_ rejections: [PacketRecord]) -> Snapshot {
        var snapshot = Snapshot()
        snapshot.gateway.unixMilliseconds = Self.start + 5_000
        snapshot.rejections = rejections
        return snapshot
    }

    @Test mutating func `a frame with its name of another model says which`() {
        let mismatch = record(1, Refusal(.macMismatch), model: .stm32Gas)
        let (once, again) = (watch.note(shown([mismatch])), watch.note(shown([mismatch])))
        #expect(
            once == [
                .otherModel(
                    "ESP32-001 at 10.0.4.17 sends as a device of 0x20, refused: the MAC differs under "
                        + "every valid secret of the model; its firmware has to say model 0x10, or it "
                        + "has to be provisioned as 0x20")
            ])
        #expect(again.isEmpty && watch.news == once.first)
        var snapshot = shown([mismatch])
        var row = DeviceSnapshot(model: .stm32Gas, id: "ESP32-001")
        row.firstSeenUnixMilliseconds = Self.start
        row.address = "10.0.4.17:50112"
        snapshot.devices = [row]
        let accepted = watch.note(snapshot)
        #expect(accepted.count == 1 && "\(accepted)".contains("0x20, accepted as one; its"))
        // What comes of its own model counts for more.
        watch.note(shown([mismatch, record(2, Refusal(.macMismatch))]))
        #expect("\(watch.news, default: "")".hasPrefix("refused"))
    }

    @Test mutating func `a device of another model that has always had the name is another one`() {
        var snapshot = shown([record(1, Refusal(.macMismatch), model: .stm32Gas)])
        var row = DeviceSnapshot(model: .stm32Gas, id: "ESP32-001")
        row.firstSeenUnixMilliseconds = Self.start - 1
        snapshot.devices = [row]
        let heard = watch.note(snapshot)
        #expect(heard.isEmpty && watch.news == nil)
        let others = watch.note(
            shown([record(2, Refusal(.macMismatch), model: .asicMulti, device: "ASIC-7")]))
        #expect(others.isEmpty && watch.news == nil)
    }

    private func garbage(
        _ reason: RefusalReason, at milliseconds: Int64 = 5, from address: String = "10.0.0.7:4"
    ) -> PacketRecord {
        PacketRecord(
            id: 1, unixMilliseconds: Self.start + milliseconds, address: address,
            bytes: Array("GET / HTTP/1.1".utf8), refusal: Refusal(reason))
    }

    @Test mutating func `bytes that are no frames are told, with the first of them`() {
        let (once, again) = (
            watch.note(shown([garbage(.badMagic)])), watch.note(shown([garbage(.badMagic)]))
        )
        #expect(
            once == [
                .noFrames(
                    "bytes arrive from 10.0.0.7 but are no frames: bad_magic at byte 0 (47 45 54 20 2f "
                        + "20 48 54…), these bytes begin no frame, which starts with c1 53; if that is "
                        + "the device, docs/protocol.md says how a frame begins")
            ])
        #expect(again.isEmpty && watch.news == once.first)
        // A fault of frames that are its own is not hidden by what others send.
        let own = watch.note(shown([record(2, Refusal(.macMismatch)), garbage(.truncated)]))
        #expect(own.count == 2 && watch.news == own.first)
    }

    @Test mutating func `who sent no frames before it began goes on to, and is not told of`() {
        let before = watch.note(shown([garbage(.badMagic, at: -5), garbage(.badMagic)]))
        #expect(before.isEmpty && watch.news == nil)
        let later = watch.note(shown([garbage(.unsupportedVersion)]))
        #expect(later.isEmpty)
    }

    @Test mutating func `a known device that loses its connection inside a frame is not told of`() {
        var snapshot = shown([garbage(.truncated)])
        var row = DeviceSnapshot(model: .esp32Pressure, id: "ESP32-009")
        row.firstSeenUnixMilliseconds = Self.start - 1
        row.address = "10.0.0.7:3"
        snapshot.devices = [row]
        let cut = watch.note(snapshot)
        #expect(cut.isEmpty && watch.news == nil)
        snapshot.rejections = [garbage(.badMagic)]
        let foreign = watch.note(snapshot)
        #expect(foreign.count == 1)
    }
}
