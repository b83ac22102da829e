import NIOCore
import NIOPosix
import NanoCore
import NanoServe
import Testing

/// What a gateway says of the frames that it refuses: real frames, through its own port.
@Suite struct DiagnosisTests {
    /// The diagnosis of the newest refusal for a reason.
    private func diagnosis(
        _ reason: RefusalReason, _ live: LiveGateway,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> String {
        var found: PacketRecord?
        _ = try await eventually {
            found = live.gateway.snapshot([.rejections]).rejections.last {
                $0.refusal?.reason == reason
            }
            return found?.diagnosis != nil
        }
        if found?.diagnosis == nil {
            Issue.record("\(reason): \(String(describing: found))", sourceLocation: sourceLocation)
        }
        return found?.diagnosis ?? ""
    }

    @Test func `the secret before the last rotation is told, and when it was replaced`()
        async throws
    {
        // Without a grace a former secret is retired at once.
        try await withGateway(yaml: "secrets:\n  grace_hours: 0\n") { live in
            _ = await live.perform(.rotateSecret(.esp32Pressure))
            try await live.send([DeviceFrames.pressure(1)])
            let words = try await diagnosis(.macMismatch, live)
            #expect(words.hasPrefix("valid under the previous secret (generation 1), rotated "))
            #expect(words.hasSuffix(" s before: this device has not been updated"), "\(words)")
        }
    }

    @Test func `another model's secret and a MAC that is cut are told`() async throws {
        try await withGateway { live in
            let other = DeviceFrames.secrets[.stm32Gas]
            try await live.send([DeviceFrames.pressure(1, secret: other)])
            #expect(
                try await diagnosis(.macMismatch, live)
                    == "valid with the secret of 0x20 STM32: wrong model id?")
            let secret = try #require(DeviceFrames.secrets[.asicMulti])
            let cut = FrameBuilder(
                model: .asicMulti, type: .event, level: .standard, timestamp: DeviceFrames.now
            ).build(payload: [0xA0], key: HMACKey(secret: secret))
            try await live.send([cut])
            #expect(
                try await diagnosis(.securityTooLow, live)
                    == "MAC cut to 16 bytes: the firmware sets STANDARD, but 0x30 ASIC needs HIGH")
        }
    }

    @Test func `a copy is told with the time and place of the first`() async throws {
        try await withGateway { live in
            let frame = DeviceFrames.pressure(1)
            try await live.send([frame])
            try await live.reaches("packets.accepted", 1)
            let first = try #require(live.gateway.snapshot([.packets]).packets.last)
            try await live.send([frame])
            let words = try await diagnosis(.replay, live)
            #expect(words.hasPrefix("same frame accepted "))
            #expect(
                words.hasSuffix(" s before from the same address: sent again on a new connection"))
            #expect(first.bytes == frame)
        }
    }

    @Test func `a copy from elsewhere is told with the address of the first`() async throws {
        try await withGateway { live in
            let frame = DeviceFrames.pressure(1)
            try await live.send([frame])
            try await live.reaches("packets.accepted", 1)
            let first = try #require(live.gateway.snapshot([.packets]).packets.last)
            let elsewhere = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .bind(to: SocketAddress(ipAddress: "127.0.0.2", port: 0))
                .connect(host: "127.0.0.1", port: live.gateway.snapshot([]).gateway.devicePort)
                .get()
            try await elsewhere.writeAndFlush(ByteBuffer(bytes: frame))
            let words = try await diagnosis(.replay, live)
            try await elsewhere.close()
            #expect(
                words.hasSuffix(" s before from another address, \(first.address)"), "\(words)")
        }
    }

    @Test func `a clock that is behind is told in seconds`() async throws {
        try await withGateway { live in
            try await live.send([DeviceFrames.pressure(1, timestamp: DeviceFrames.now - 4_500)])
            let words = try await diagnosis(.timestampDrift, live)
            #expect(words.hasPrefix("clock 4,50"), "\(words)")
            #expect(words.contains(" s behind"))
        }
    }
}
