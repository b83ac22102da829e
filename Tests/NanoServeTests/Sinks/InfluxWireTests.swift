import NanoCore
import Testing

@testable import NanoServe

@Suite struct InfluxWireTests {
    private static let second: UInt32 = 1_767_225_600

    /// The lines of one frame, without the line feed at the end.
    private func lines(
        _ model: ModelID = .custom, _ type: PayloadType = .telemetry,
        level: SecurityLevel = .standard, profiles: [ModelID: Profile] = [:],
        _ write: (inout CBORWriter) -> Void
    ) throws -> [String] {
        var payload = CBORWriter()
        write(&payload)
        let frame = FrameBuilder(
            model: model, type: type, level: level, timestamp: Self.second
        ).build(payload: payload.bytes, key: HMACKey(secret: DeviceFrames.secrets[model] ?? []))
        let found = FrameBounds(readingAt: 0, in: frame.span)
        let bounds = try #require(found)
        var body: [UInt8] = []
        InfluxWire.appendLines(frame: frame.span, bounds, profiles: profiles, into: &body)
        #expect(body.last == UInt8(ascii: "\n"))
        return String(decoding: body.dropLast(), as: UTF8.self).components("\n")
    }

    /// A line without its time.
    private func content(_ line: String) -> String {
        String(line[..<(line.lastIndex(of: " ") ?? line.endIndex)])
    }

    private func time(_ line: String) -> Int64? {
        line.lastIndex(of: " ").flatMap { Int64(line[line.index(after: $0)...]) }
    }

    @Test func `a reading is one line with tags, a field, and a time within its second`() throws {
        let line = try lines(.esp32Pressure) { payload in
            payload.map(3)
            payload.text("device_id")
            payload.text("ESP32-001")
            payload.text("lab_id")
            payload.text("LAB 7,a=b")
            payload.text("pressure_pa")
            payload.integer(101_325)
        }
        #expect(
            line.map(content) == [
                "nanogridata,device_id=ESP32-001,lab_id=LAB\\ 7\\,a\\=b,model=0x10,"
                    + "profile=NANO-ESP32-PRESSURE pressure_pa=101325.0"
            ])
        let nanoseconds = try #require(time(line[0]))
        #expect(nanoseconds / 1_000_000_000 == Int64(Self.second))
    }

    @Test func `each entry is a point at its own time, with what describes all of them`() throws {
        let lines = try lines(.stm32Gas) { payload in
            payload.map(3)
            payload.text("device_id")
            payload.text("G1")
            payload.text("gas_type")
            payload.text("CO")
            payload.text("entries")
            payload.array(2)
            for (ts, ppm) in [(1_767_225_000, 4.5), (1_767_225_001, 5.5)] {
                payload.map(2)
                payload.text("ts")
                payload.integer(Int64(ts))
                payload.text("ppm")
                payload.double(ppm)
            }
        }
        let tags = "nanogridata,device_id=G1,model=0x20,profile=NANO-STM32-GAS "
        #expect(
            lines.map(content) == [
                tags + "concentration_ppm=4.5,gas_type=\"CO\"",
                tags + "concentration_ppm=5.5,gas_type=\"CO\"",
            ])
        #expect(
            lines.map { time($0).map { $0 / 1_000_000_000 } } == [1_767_225_000, 1_767_225_001])
    }

    @Test func `sensors name their fields, and equal times stay apart`() throws {
        let lines = try lines(.asicMulti) { payload in
            payload.map(2)
            payload.text("device_id")
            payload.text("A1")
            payload.text("sensors")
            payload.array(2)
            for type in ["temperature", "time"] {
                payload.map(3)
                payload.text("type")
                payload.text(type)
                payload.text("unit")
                payload.text("C")
                payload.text("entries")
                payload.array(1)
                payload.map(2)
                payload.text("ts")
                payload.integer(1_767_225_000)
                payload.text("value")
                payload.integer(-4)
            }
        }
        let tags = "nanogridata,device_id=A1,model=0x30,profile=NANO-ASIC-MULTI "
        #expect(
            lines.map(content) == [
                tags + "temperature=-4.0,unit=\"C\"", tags + "payload_time=-4.0,unit=\"C\"",
            ])
        #expect(time(lines[0]) != time(lines[1]))
    }

    @Test func `anything else is named by the way to it, and what has no value is left out`() throws
    {
        let lines = try lines(.custom, .event) { payload in
            payload.map(6)
            payload.text("status")
            payload.text("open")
            payload.text("door")
            payload.map(2)
            payload.text("open")
            payload.boolean(true)
            payload.text("")
            payload.bytes([255, 254])
            payload.text("axes")
            payload.array(2)
            payload.integer(1)
            payload.double(.nan)
            payload.text("_x")
            payload.null()
            payload.text("model")
            payload.text("say \"\\\"\nnow")
            payload.text("device_id")
            payload.integer(5)
        }
        #expect(
            lines.map(content) == [
                "nanogridata,model=0xff,profile=NANO-CUSTOM,status=open door.open=true,"
                    + "door.=\"__4\",axes.0=1.0,payload_model=\"say \\\"\\\\\\\"\\\\u{A}now\","
                    + "payload_device_id=5.0"
            ])
    }

    @Test(arguments: ["x\\", "x\\,y=1 2\n3", "a\u{0}b", "\u{202E}"])
    func `no device can end a tag or a line of its own accord`(device: String) throws {
        let lines = try lines { payload in
            payload.map(2)
            payload.text("device_id")
            payload.text(device)
            payload.text(device)
            payload.integer(1)
        }
        #expect(lines.count == 1)
        // What is left without the escaped characters has the line's own separators only.
        let bare = lines[0].replacing(/\\./, with: "")
        #expect(bare.count { $0 == " " } == 2)
        #expect(bare.count { $0 == "," } == 3)
        #expect(!lines[0].unicodeScalars.contains { $0.value < 32 || $0.value == 0x202E })
    }

    @Test func `a packet without a value still makes a point`() throws {
        let lines = try lines { $0.map(0) }
        #expect(lines.map(content) == ["nanogridata,model=0xff,profile=NANO-CUSTOM empty=true"])
    }

    @Test func `the profile is the configured one`() throws {
        let lines = try lines(profiles: [.custom: .esp32Pressure]) { $0.map(0) }
        #expect(lines[0].contains("profile=NANO-ESP32-PRESSURE "))
    }

    @Test(arguments: [
        (1_767_225_000.0, 1_767_225_000, 1_000_000_000),
        (1_767_225_000.25, 1_767_225_000_250_000, 1_000),
        (1_767_225_000_123, 1_767_225_000_123, 1_000_000),
        (1_767_225_000_123_456, 1_767_225_000_123_456, 1_000), (-1, 1_767_225_600, 1_000_000_000),
        (9.3e9, 1_767_225_600, 1_000_000_000), (.nan, 1_767_225_600, 1_000_000_000),
        (1e300, 1_767_225_600, 1_000_000_000),
    ])
    func `a point's own time is kept as finely as it was written`(
        ts: Double, whole: Int64, unit: Int64
    ) throws {
        let lines = try lines { payload in
            payload.map(1)
            payload.text("entries")
            payload.array(1)
            payload.map(2)
            payload.text("ts")
            payload.double(ts)
            payload.text("v")
            payload.integer(1)
        }
        #expect(time(lines[0]).map { $0 / unit } == whole)
    }

    @Test func `a level without a signature has times of its own too`() throws {
        let times = try (0..<100).map { number in
            try time(
                lines(level: .none) { payload in
                    payload.map(1)
                    payload.text("n")
                    payload.integer(Int64(number))
                }[0])
        }
        #expect(Set(times).count == 100)
    }

    @Test(arguments: [
        (204, DeliveryOutcome.delivered), (200, .delivered), (202, .delivered), (400, .deadLetter),
        (413, .deadLetter),
        (422, .deadLetter), (401, .retry), (403, .retry), (404, .retry), (405, .retry),
        (429, .retry), (500, .retry), (503, .retry), (301, .retry),
    ])
    func `only answers about the lines themselves condemn`(status: Int, outcome: DeliveryOutcome) {
        #expect(InfluxSink.outcome(status: status) == outcome)
    }

    @Test func `an error is one in words, in the body or in a result of it`() {
        #expect(InfluxSink.error(in: ["message": "written", "error": ""]) == nil)
        #expect(InfluxSink.error(in: ["error": "database not found"]) == "database not found")
        #expect(InfluxSink.error(in: ["results": [["a": 1], ["error": "full"]]]) == "full")
    }

    @Test func `a success with an error in its body, or with a page, has written nothing`() {
        #expect(InfluxSink.outcome(status: 200, saysError: true) == .retry)
        #expect(InfluxSink.outcome(status: 200, isPage: true) == .retry)
        #expect(InfluxSink.outcome(status: 204, saysError: true, isPage: true) == .delivered)
    }
}

extension String {
    fileprivate func components(_ separator: Character) -> [String] {
        split(separator: separator, omittingEmptySubsequences: false).map(String.init)
    }
}
