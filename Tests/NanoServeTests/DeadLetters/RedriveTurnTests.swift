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
        let alba = try await ScriptedReceiver.start { request, _ in
            guard isMended.withLock(\.self) else { return .status(422) }
            return .status(request.body.contains("\"BAD-") ? 500 : 200)
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
            try await gateway.expectBalance()
        }
        try await alba.stop()
    }
}
