import NanoCore
import Synchronization
import Testing

/// Dead letters that are sent once more beside others that are never taken.
@Suite struct RedriveTurnTests {
    @Test(arguments: [1, 6])
    func `letters that are never taken keep none of other devices from being sent`(count: Int)
        async throws
    {
        let isMended = Mutex(false)
        let taken = Mutex<[String]>([])
        let alba = try await ScriptedReceiver.start { request, _ in
            guard isMended.withLock(\.self) else { return .status(422) }
            guard !request.body.contains("\"BAD-") else { return .status(500) }
            taken.withLock { $0.append(request.body) }
            return .status(200)
        }
        try await withGateway(alba: alba.url, routes: ["concurrency: 2"]) { gateway in
            // Six of them look like a destination that takes nothing.
            for number in 0..<count {
                try await gateway.send([DeviceFrames.pressure(number, device: "BAD-\(number)")])
                try await gateway.reaches("routes.alba.dead_letters", number + 1)
            }
            try await gateway.send(DeviceFrames.pressures(0..<4))
            try await gateway.reaches("routes.alba.dead_letters", count + 4)
            isMended.withLock { $0 = true }
            _ = await gateway.perform(.redrive("alba", letters: nil))
            try await gateway.reaches("routes.alba.delivered", 4)
            #expect(Set(taken.withLock(\.self)).count == 4, "each of the others, once")
            #expect(taken.withLock(\.count) == 4)
            let route = try #require(gateway.gateway.snapshot([]).routes.first)
            #expect(route.deadLetters + route.inFlight == UInt64(count), "the rest is tried again")
            try await gateway.expectBalance()
        }
        try await alba.stop()
    }
}
