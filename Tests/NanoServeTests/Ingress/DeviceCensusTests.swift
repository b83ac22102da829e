import NanoCore
import Testing

@testable import NanoServe

@Suite struct DeviceCensusTests {
    private func names(_ hashes: [UInt64], _ model: ModelID = .esp32Pressure) -> [DeviceTable.Name]
    {
        hashes.map { hash in
            DeviceTable.Name(
                hash: hash, model: model, id: "\(hash)", firstSeen: 0,
                firstPeer: PeerReference(talker: 0, port: 1))
        }
    }

    @Test func `a device that has changed lanes is counted once, and one that comes later too`() {
        let census = DeviceCensus()
        #expect(census.count([]).isEmpty)
        #expect(census.count([names([1, 2]), names([2, 3])]) == [.esp32Pressure: 3])
        let later = [names([1, 2, 4]), names([2, 3]) + names([1], .stm32Gas)]
        #expect(census.count(later) == [.esp32Pressure: 4, .stm32Gas: 1])
        // A look that began earlier takes none away.
        #expect(census.count([names([1, 2]), names([2])]) == [.esp32Pressure: 4, .stm32Gas: 1])
        #expect(census.count(later) == [.esp32Pressure: 4, .stm32Gas: 1])
    }
}
