import AsyncHTTPClient
import Foundation
import NIOPosix
import NanoCore
import Testing

@testable import NanoServe

/// `/devices`, `/packets` and `/rejections`, and the filter of `/events`.
@Suite struct ListPageTests {
    private func monitor(
        _ edit: (inout Settings.Monitor) -> Void = { _ in }, bus: LocalBus = LocalBus()
    ) async throws -> RunningServer {
        var settings = Settings.Monitor()
        settings.port = 0
        edit(&settings)
        let gateway = StillGateway(Self.snapshot)
        return try await RunningServer { [settings] listening in
            try await Monitor(
                settings: settings, gateway: gateway,
                events: { bus.subscribe(bufferedEvents: 8) },
                group: MultiThreadedEventLoopGroup.singleton, logger: RunningServer.logger,
                whenListening: listening
            ).run()
        }
    }

    private static let now: Int64 = 1_767_225_600_000

    /// Devices and frames that came a minute apart, the last of them now.
    private static var snapshot: Snapshot {
        var snapshot = StillGateway.busy
        snapshot.gateway.unixMilliseconds = now
        snapshot.devices = (0..<5).map { number in
            var device = DeviceSnapshot(model: .esp32Pressure, id: "D-\(number)")
            device.lastSeenUnixMilliseconds = now - Int64(4 - number) * 60_000
            device.lastSeenMonotonicNanoseconds = UInt64(number + 1)
            return device
        }
        snapshot.packets = (0..<5).map { record($0, refusal: nil) }
        snapshot.rejections = [
            record(5, refusal: Refusal(.replay, .otherAddress, offset: 40)),
            record(
                6,
                refusal: Refusal(
                    .profileViolation, .outOfRange, observed: .integer(987_654),
                    allowed: .integer(200_000), field: .pressurePa)),
        ]
        return snapshot
    }

    private static func record(_ number: Int, refusal: Refusal?) -> PacketRecord {
        PacketRecord(
            id: UInt64(number), unixMilliseconds: now - Int64(max(0, 4 - number)) * 60_000,
            address: "10.0.4.\(number):5000",
            bytes: DeviceFrames.pressure(
                987_654, device: "D-\(number)", type: number == 2 ? .event : .telemetry,
                timestamp: UInt32(now / 1_000)),
            refusal: refusal, model: .esp32Pressure, deviceID: "D-\(number)")
    }

    private func rows(_ answer: RunningServer.Answer, _ name: String) -> [[String: Any]] {
        answer.object[name] as? [[String: Any]] ?? []
    }

    @Test(arguments: ["devices", "packets"])
    func `the newest come first, as many as are asked for`(page: String) async throws {
        let server = try await monitor()
        let all = try await server.get("/\(page)")
        let names = rows(all, page).map { $0["device"] as? String }
        #expect(all.status == 200 && names == ["D-4", "D-3", "D-2", "D-1", "D-0"])
        let two = try await server.get("/\(page)?limit=2&filter=-device:D-4")
        #expect(rows(two, page).map { $0["device"] as? String } == ["D-3", "D-2"])
        #expect(two.object["kept"] as? Int == 5 && two.object["matching"] as? Int == 4)
        let head = try await server.request("HEAD", "/\(page)")
        #expect(head.status == 200 && head.body.isEmpty)
    }

    @Test(arguments: [
        ("devices", "since:1m", ["D-4", "D-3"]),
        ("devices", "state:late", ["D-3", "D-2", "D-1", "D-0"]),
        ("packets", "type:event", ["D-2"]), ("packets", "address:10.0.4.3", ["D-3"]),
        ("packets", "until:4m", ["D-0"]), ("packets", "clock:>=60 clock:<=2m", ["D-3", "D-2"]),
        ("rejections", "reason:replay", ["D-5"]), ("rejections", "\"d-6\"", ["D-6"]),
    ])
    func `a filter chooses rows`(page: String, filter: String, devices: [String]) async throws {
        let server = try await monitor()
        var allowed = CharacterSet.alphanumerics
        allowed.insert("-")
        let value = filter.addingPercentEncoding(withAllowedCharacters: allowed) ?? ""
        for value in [value, value.replacing("%20", with: "+")] {
            let answer = try await server.get("/\(page)?filter=\(value)")
            #expect(rows(answer, page).map { $0["device"] as? String } == devices)
        }
    }

    @Test func `a bad filter is answered 400 with its place and reason`() async throws {
        let server = try await monitor()
        for page in ["/packets", "/rejections", "/devices", "/events"] {
            let answer = try await server.get("\(page)?filter=device:a%20model:nope")
            #expect(answer.status == 400)
            #expect(answer.object["offset"] as? Int == 15 && answer.object["length"] as? Int == 4)
            #expect((answer.object["reason"] as? String)?.hasPrefix("no model is called") == true)
            #expect((answer.object["error"] as? String)?.hasPrefix("filter, at byte 15:") == true)
        }
        let elsewhere = try await server.get("/devices?filter=reason:replay")
        #expect(elsewhere.status == 400 && elsewhere.text.contains("can match nothing here"))
    }

    @Test(arguments: [
        "limit=0", "limit=1001", "limit=x", "limit=", "limit=1&limit=2", "colour=red",
        "filter=%ff", "filter=a&filter=b",
    ])
    func `what is asked for wrongly is answered 400 and named`(query: String) async throws {
        let answer = try await monitor().get("/packets?\(query)")
        #expect(answer.status == 400)
        let name = query.prefix { $0 != "=" }
        #expect(answer.object["parameter"] as? String == String(name))
    }

    @Test func `what devices send is shown only where payloads may be`() async throws {
        let open = try await monitor { $0.payloads = true }
        let packet = try #require(rows(try await open.get("/packets?limit=1"), "packets").first)
        #expect((packet["payload"] as? [String: Any])?["pressure_pa"] as? Int == 987_654)
        let shown = rows(try await open.get("/rejections"), "rejections")
        #expect((shown.first?["facts"] as? [String: Any])?["observed"] as? Int == 987_654)
        #expect((shown.first?["frame"] as? String)?.hasPrefix("c153") == true)
        let closed = try await monitor { $0.payloads = false }
        for page in ["/packets", "/rejections"] {
            let text = try await closed.get(page).text
            #expect(text.contains("\"D-"))
            for hidden in ["987654", "payload\"", "frame\"", "987,654", "0f1206"] {
                #expect(!text.contains(hidden), "\(page): \(hidden)")
            }
        }
        let kept = rows(try await closed.get("/rejections"), "rejections")
        #expect(kept.map { $0["reason"] as? String } == ["profile_violation", "replay"])
        #expect((kept[0]["facts"] as? [String: Any])?["detail"] as? String == "out_of_range")
        #expect((kept[1]["facts"] as? [String: Any])?["offset"] as? Int == 40)
    }

    @Test func `the token is wanted here too`() async throws {
        let server = try await monitor { $0.token = Secret(Array("0123456789abcdef".utf8)) }
        for page in ["/devices", "/packets?limit=1", "/rejections?filter=model:x"] {
            let answer = try await server.get(page)
            #expect(answer.status == 401 && !answer.text.contains("D-"))
        }
    }

    @Test func `listeners get only the events that match`() async throws {
        let bus = LocalBus()
        let server = try await monitor(bus: bus)
        let request = HTTPClientRequest(
            url: "http://127.0.0.1:\(server.port)/events?filter=device:D-2,D-3%20-level:high")
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        var (text, sent) = ("", false)
        for try await chunk in response.body {
            text += String(buffer: chunk)
            if !sent {
                sent = true
                for (device, level) in [("D-1", "standard"), ("D-2", "high"), ("D-3", "standard")] {
                    bus.publish(
                        BusEvent(
                            id: device, type: "command", json: Array("{}".utf8),
                            model: .esp32Pressure, device: device, level: level))
                }
            }
            if text.contains("id: D-3\n") { break }
        }
        #expect(!text.contains("id: D-1\n") && !text.contains("id: D-2\n"))
    }

    @Test func `a running gateway lists what came in and what it refused`() async throws {
        try await withGateway { live in
            let frame = DeviceFrames.pressure(1, device: "pump 7")
            try await live.send([frame, frame, DeviceFrames.pressure(2, device: "D-2")])
            try await live.reaches("packets.received", 3)
            let devices = try await live.get("/devices?filter=%22pump%207%22")
            #expect(rows(devices, "devices").map { $0["device"] as? String } == ["pump 7"])
            let packets = try await live.get("/packets?filter=model:esp32%20since:1m")
            #expect(
                rows(packets, "packets").map { $0["device"] as? String } == ["D-2", "pump 7"])
            let refused = try await live.get("/rejections?filter=reason:replay%20size:%3E20")
            #expect(rows(refused, "rejections").map { $0["device"] as? String } == ["pump 7"])
            let none = try await live.get("/rejections?filter=-reason:replay")
            #expect(rows(none, "rejections").isEmpty && none.object["kept"] as? Int == 1)
        }
    }
}
