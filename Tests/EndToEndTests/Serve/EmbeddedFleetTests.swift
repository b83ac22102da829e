import Foundation
import Testing

@Suite struct EmbeddedFleetTests {
    @Test func `a gateway with a fleet accepts it and refuses its attackers`() async throws {
        let gateway = try await RunningGateway(options: ["--fleet", "20"])
        try await eventually("the fleet is heard") {
            let accepted = try await gateway.number("packets.accepted")
            let refused = try await gateway.number("packets.rejected")
            return accepted > 20 && refused > 0
        }
        gateway.process.signal(SIGTERM)
        #expect(try await gateway.process.wait() == 0)
    }
}
