package import NanoCore

// The registry of devices: who is heard.
extension Gateway {
    /// Takes a step with the registry, and has every event loop judge by it.
    func changeRegistry(_ step: RegistryStep) -> CommandResult {
        do {
            let change = try registry.perform(resolved(step))
            refreshRoll()
            return CommandResult(change)
        } catch {
            return .failed("\(error)")
        }
    }

    /// All devices that have sent something genuine are those of this run and of the last day.
    private func resolved(_ step: RegistryStep) -> RegistryStep {
        guard case .adopt(nil) = step else { return step }
        let rows = adoptions.rows(devices(now: .now))
        return .adopt(Array(Set(rows.map(\.name))).sorted())
    }

    /// Takes over a registry that a command line has changed.
    func takeOverRegistry() {
        do {
            guard try registry.refresh() else { return }
            logger.notice("the registry of devices was changed, and holds now")
            refreshRoll()
        } catch {
            logger.error(
                "the registry of devices was changed and cannot be read; the one from before holds",
                metadata: ["error": "\(error)"])
        }
    }

    /// Has every event loop judge by the registry of now.
    func refreshRoll() {
        rollRefresh.withLock { _ in
            let roll = registry.roll
            for lane in lanes { lane.replaceRoll(roll) }
        }
    }

    /// Whether operators keep a device out, by the registry or by a block of its address.
    func turnsAway(_ device: DeviceSnapshot) -> Bool {
        registry.turnsAway(device.name)
            || device.address.lastIndex(of: ":")
                .flatMap { IPAddress(String(device.address[..<$0])) }
                .map(offenders.isBlockedByOperator) ?? false
    }

    /// Writes down which devices wait, for the command line.
    func noteWaiting(now: Moment) {
        guard registry.rules.isClosed, registry.rules.unknown == .quarantine else { return }
        var strangers = StrangerSum()
        for lane in lanes { lane.add(to: &strangers) }
        waiting.note(strangers.rows, now: now.monotonicNanoseconds)
    }
}

extension DeviceSnapshot {
    /// What the registry knows it by.
    package var name: DeviceName { DeviceName(model, isNamed ? id : "") }
}
