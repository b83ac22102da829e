import Foundation
import NIOCore
import NanoCore
import Testing

@testable import NanoServe

@Suite struct GatewayCommandTests {
    @Test func `an alarm is taken on by name, which the trail and the snapshots tell`() async throws
    {
        try await withGateway { gateway in
            let forged = (0..<50).map {
                DeviceFrames.pressure($0, secret: DeviceFrames.secrets[.stm32Gas])
            }
            let stands = try await eventually {
                try await gateway.send(forged)
                return !gateway.gateway.snapshot([]).alarms.isEmpty
            }
            try #require(stands)
            let alarm = try #require(gateway.gateway.snapshot([]).alarms.first)
            let unknown = await gateway.perform(.acknowledgeAlarm("nothing\u{1B}"))
            guard case .failed(let why) = unknown else { throw CancellationError() }
            #expect(why.hasPrefix("there is no alarm nothing\\u{1B}; there are "))
            let result = await gateway.perform(.acknowledgeAlarm(alarm.id))
            let user = AuditActor.current(.console, environment: [:]).user
            #expect(result == .done("\(alarm.title): \(user) looks after it"))
            let after = gateway.gateway.snapshot(.audit)
            #expect(after.alarms.first { $0.id == alarm.id }?.acknowledgement?.by == user)
            #expect(after.audit.last?.action == "acknowledge_alarm")
            #expect(after.audit.last?.target == SafeText.shortened(alarm.id, to: 200))
            let stats = String(decoding: Statistics.json(after), as: UTF8.self)
            #expect(stats.contains("\"acknowledged_by\":\"\(user)\""))
            #expect(
                await gateway.perform(.reopenAlarm(alarm.id))
                    == .done("\(alarm.title): nobody looks after it any more"))
        }
    }

    @Test(arguments: DumpFormat.allCases)
    func `a dump is for its owner alone, holds the frames, and no secret`(format: DumpFormat)
        async throws
    {
        try await withGateway { gateway in
            let good = DeviceFrames.pressure(1)
            // Signed with another model's secret, which the diagnosis finds out.
            let forged = DeviceFrames.pressure(2, secret: DeviceFrames.secrets[.stm32Gas])
            try await gateway.send([good, forged])
            let isExplained = try await eventually {
                gateway.gateway.snapshot(.rejections).rejections.first?.diagnosis != nil
            }
            #expect(isExplained)
            let snapshot = gateway.gateway.snapshot([.packets, .rejections])
            let result = await gateway.perform(
                .dump(snapshot.packets + snapshot.rejections, format: format))
            let folder = gateway.stateFolder + "/dumps"
            let name = try #require(
                try FileManager.default.contentsOfDirectory(atPath: folder).first)
            #expect(result == .done("2 packets written to \(folder)/\(name)"))
            let bytes = Array(try Data(contentsOf: URL(filePath: "\(folder)/\(name)")))
            let text = String(decoding: bytes, as: UTF8.self)
            for frame in [good, forged] {
                #expect(
                    text.contains(DeviceFrames.hex(frame)) || bytes.firstRange(of: frame) != nil)
            }
            for secret in DeviceFrames.secrets.values {
                #expect(bytes.firstRange(of: secret) == nil)
                #expect(!text.lowercased().contains(DeviceFrames.hex(secret)))
            }
            for (path, mode) in [(folder, 0o700), ("\(folder)/\(name)", 0o600)] {
                let attributes = try FileManager.default.attributesOfItem(atPath: path)
                #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == mode)
            }
        }
    }

    @Test func `a copy is written for its owner alone, and only so much of it`() async throws {
        try await withGateway { gateway in
            let copy = CopiedText(form: .c, text: "/* x */\n", subject: "1 packet as c")
            let result = await gateway.perform(.keep(copy))
            let folder = gateway.stateFolder + "/dumps"
            let name = try #require(
                try FileManager.default.contentsOfDirectory(atPath: folder).first)
            #expect(result == .done("\(folder)/\(name)"))
            #expect(name.hasSuffix(".c"))
            let file = "\(folder)/\(name)"
            #expect(try String(contentsOfFile: file, encoding: .utf8) == copy.text)
            let attributes = try FileManager.default.attributesOfItem(atPath: file)
            #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
            let huge = String(repeating: "x", count: CopiedText.longest + 1)
            let refused = await gateway.perform(
                .keep(CopiedText(form: .hex, text: huge, subject: "x")))
            #expect(
                refused
                    == .failed(
                        "the copy has 4.2 MB; at most 4.2 MB are written: mark fewer packets"))
        }
    }

    @Test func `a command that cannot be done says why`() async throws {
        try await withGateway { gateway in
            #expect(
                await gateway.perform(.pauseRoute("alb\u{1B}a"))
                    == .failed("there is no route alb\\u{1B}a; there are alba, cycle, local"))
            #expect(
                await gateway.perform(.dump([], format: .hex))
                    == .failed("nothing is selected to be dumped"))
            #expect(
                await gateway.perform(.resumeRoute("alba"))
                    == .unchanged("alba is flowing already"))
        }
    }

    @Test func `what waits is skipped, and what comes later is delivered`() async throws {
        let alba = try await ScriptedReceiver.answering()
        try await withGateway(alba: alba.url, routes: ["paused: true"]) { gateway in
            try await gateway.send(DeviceFrames.pressures(0..<30))
            try await gateway.reaches("routes.alba.waiting", 30)
            #expect(
                await gateway.perform(.skipRoute("alba"))
                    == .done(
                        "30 packets given up; alba gets what comes from now on, when it is resumed")
            )
            #expect(
                await gateway.perform(.skipRoute("alba")) == .unchanged("nothing waits for alba"))
            #expect(try await gateway.number("routes.alba.skipped") == 30)
            try await gateway.expectBalance()
            _ = await gateway.perform(.resumeRoute("alba"))
            try await gateway.send(DeviceFrames.pressures(30..<35))
            try await gateway.reaches("routes.alba.delivered", 5)
            try await gateway.expectBalance()
            #expect(
                await gateway.perform(.skipRoute("nobody"))
                    == .failed("there is no route nobody; there are alba, cycle, local"))
        }
        #expect(alba.requests.count == 5)
        try await alba.stop()
    }

    @Test func `every failed MAC of a burst is explained, also when nothing follows`()
        async throws
    {
        try await withGateway { gateway in
            try await gateway.send(
                (1...70).map {
                    DeviceFrames.pressure($0, secret: DeviceFrames.secrets[.stm32Gas])
                })
            try await gateway.reaches("refused.mac_mismatch", 70)
            let isExplained = try await eventually {
                let rejections = gateway.gateway.snapshot(.rejections).rejections
                return rejections.count { $0.diagnosis?.contains("0x20") == true } == 70
            }
            #expect(isExplained)
        }
    }

    @Test func `stop drains: connections are closed and what they brought is delivered`()
        async throws
    {
        let alba = try await ScriptedReceiver.answering()
        try await withGateway(alba: alba.url) { gateway in
            let device = try await gateway.connect()
            try await device.writeAndFlush(
                ByteBuffer(bytes: DeviceFrames.pressures(1...20).flatMap(\.self)))
            try await gateway.reaches("packets.accepted", 20)
            #expect(await gateway.perform(.stop) == .done("draining and stopping"))
            try await device.closeFuture.get()
            try await gateway.stop()
            #expect(try await gateway.number("routes.alba.delivered") == 20)
            #expect(try await gateway.text("state") == "draining")
        }
        #expect(alba.requests.count == 20)
        try await alba.stop()
    }

    @Test func `when waiting packets fill the journal devices have to wait, and nothing is lost`()
        async throws
    {
        // The smallest journal.
        let (count, size) = (24_000, DeviceFrames.pressure(1).count)
        try #require(count * size > 1 << 20)
        try await withGateway(adjust: {
            $0.journal.maxBytes = 1 << 20
            $0.journal.whenFull = .block
        }) { gateway in
            _ = await gateway.perform(.pauseRoute("alba"))
            let device = try await gateway.connect()
            let frames = (1...count).flatMap { DeviceFrames.pressure($0) }
            let sending = Task { try await device.writeAndFlush(ByteBuffer(bytes: frames)) }
            let isBlocked = try await eventually {
                try await gateway.text("state") == "blocked"
            }
            #expect(isBlocked)
            // At first the disk alone may be what they wait for.
            let isExplained = try await eventually {
                try await gateway.text("state_reason").contains("resume or mend a route")
            }
            #expect(isExplained)
            #expect(try await gateway.number("packets.received") < count)
            try await gateway.expectBalance()
            _ = await gateway.perform(.resumeRoute("alba"))
            try await gateway.reaches("routes.alba.delivered", count)
            #expect(try await gateway.text("state") == "running")
            try await sending.value
            try await device.close()
        }
    }

    @Test func `what became of a command is logged in words, and what failed as a warning`()
        async throws
    {
        try await withGateway { gateway in
            _ = await gateway.perform(.pauseRoute("alba"))
            _ = await gateway.perform(.pauseRoute("alba"))
            _ = await gateway.perform(.pauseRoute("nope"))
            let lines = gateway.log.lines(with: "operator's command")
            try #require(lines.count == 3)
            #expect(lines[0].hasPrefix("notice "))
            #expect(lines[0].contains("result=done: alba is paused; its packets wait"))
            #expect(lines[1].hasPrefix("notice "))
            #expect(lines[1].contains("result=nothing to do: alba is paused already"))
            #expect(lines[2].hasPrefix("warning "))
            #expect(lines[2].contains("result=failed: there is no route nope"))
        }
    }

    @Test func `a device that is known already is not told as done`() async throws {
        try await withGateway { gateway in
            let name = DeviceName(.esp32Pressure, "A")
            let approved = await gateway.perform(.register(.approve(name)))
            #expect(approved == .done("0x10 A is known from now on"))
            let again = await gateway.perform(.register(.approve(name)))
            #expect(again == .unchanged("0x10 A is known already"))
        }
    }
}
