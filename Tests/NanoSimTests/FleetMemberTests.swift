import NanoCore
import Testing

@testable import NanoSim

@Suite struct FleetMemberTests {
    private func configuration() -> FleetConfiguration {
        var configuration = FleetConfiguration()
        configuration.devices = 200
        configuration.modelWeights = [.esp32Pressure: 60, .stm32Gas: 30, .asicMulti: 10]
        for model in configuration.modelWeights.keys {
            configuration.secrets[model] = (0..<32).map { $0 ^ model.rawValue }
        }
        return configuration
    }

    @Test func `models get their shares`() {
        let members = FleetMember.all(of: configuration())
        #expect(members.count == 200)
        #expect(members.count { $0.device.model == .esp32Pressure } == 120)
        #expect(members.count { $0.device.model == .stm32Gas } == 60)
        #expect(members.count { $0.device.model == .asicMulti } == 20)
        #expect(Set(members.map(\.device.id)).count == 200)
    }

    @Test(arguments: [1, 100, 5_000])
    func `as many devices are honest as were asked for, whatever comes on top`(devices: Int) {
        var configuration = configuration()
        configuration.devices = devices
        configuration.faults = FleetConfiguration.everyFault
        let members = FleetMember.all(of: configuration)
        #expect(members.count { $0.fault == nil } == devices)
        let words = "\(members.count - devices) with faults ("
        #expect(configuration.faultyWords?.hasPrefix(words) == true)
    }

    @Test func `members with faults come on top, at least one for each that is asked for`() {
        var configuration = configuration()
        configuration.faults = [.forged: 5, .clockDrift: 1, .replay: 0.01, .garbage: 0]
        let members = FleetMember.all(of: configuration)
        #expect(members.count { $0.fault == .forged } == 10)
        #expect(members.count { $0.fault == .replay } == 1)
        #expect(members.count { $0.fault == .garbage } == 0)
        #expect(members.count { $0.fault == .clockDrift } == 2)
        #expect(members.count { $0.fault == nil } == 200)
        #expect(
            configuration.faultyWords
                == "13 with faults (1 replay, 10 forged, 2 clock-drift)")
        configuration.faults = [:]
        #expect(configuration.faultyWords == nil)
    }

    @Test func `levels and types are what was asked for`() throws {
        var configuration = configuration()
        configuration.levels = [.esp32Pressure: .high]
        configuration.typeWeights = [.event: 1, .command: 3]
        var types: [PayloadType: Int] = [:]
        for var member in FleetMember.all(of: configuration) {
            let frame = member.device.frame(at: SimulatedDeviceTests.now)
            let found = FrameBounds(readingAt: 0, in: frame.span)
            let header = try #require(found).header
            if header.model == .esp32Pressure { #expect(header.level == .high) }
            types[header.type, default: 0] += 1
        }
        #expect(Set(types.keys) == [.event, .command])
        #expect(types[.command] ?? 0 > types[.event] ?? 0)
    }

    @Test func `a model without a secret has no devices`() {
        var configuration = configuration()
        configuration.secrets[.stm32Gas] = nil
        let members = FleetMember.all(of: configuration)
        #expect(members.count == 200)
        #expect(!members.contains { $0.device.model == .stm32Gas })
        configuration.secrets = [:]
        #expect(FleetMember.all(of: configuration).isEmpty)
    }

    @Test func `a timer wakes every member at its tick, however far away`() {
        var wheel = TimerWheel(slotCount: 8)
        for (member, ticks) in [(0, 1), (1, 8), (2, 9), (3, 100), (4, 0)] {
            wheel.schedule(member, after: ticks)
        }
        var woken: [Int: [Int]] = [:]
        for tick in 1...120 {
            let due = wheel.advance()
            if !due.isEmpty { woken[tick] = due }
        }
        #expect(woken == [1: [0, 4], 8: [1], 9: [2], 100: [3]])
    }
}
