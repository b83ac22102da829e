import NanoCore

extension ConsoleModel {
    /// Takes in a key press.
    ///
    /// - Returns: What has to be done about it.
    public mutating func handle(_ key: Key) -> [Effect] {
        defer { refreshListing() }
        switch overlay {
        case .none: return act(on: key)
        case .help:
            overlay = .none
            return []
        case .confirmation(let confirmation): return answer(confirmation, key)
        case .filter(let text):
            type(key, into: text)
            return []
        case .dump(let records, let format): return choose(format, for: records, key)
        }
    }

    private mutating func act(on key: Key) -> [Effect] {
        guard let action = KeyMap.action(for: key, in: view) else { return [] }
        switch action {
        case .show(let target): show(target)
        case .nextView: show(ViewKind(rawValue: view.rawValue % ViewKind.allCases.count + 1))
        case .previousView:
            let count = ViewKind.allCases.count
            show(ViewKind(rawValue: (view.rawValue + count - 2) % count + 1))
        case .moveUp: move(by: -1)
        case .moveDown: move(by: 1)
        case .pageUp: move(by: -max(1, pageRows - 1))
        case .pageDown: move(by: max(1, pageRows - 1))
        case .first: move(by: .min)
        case .last: move(by: .max)
        case .open: return open()
        case .back: goBack()
        case .filter: overlay = .filter(filter(view).source)
        case .freeze: toggleFreeze()
        case .help: overlay = .help
        case .theme: return [.nextTheme]
        case .repaint: return [.repaint]
        case .quit: askToQuit()
        case .pause: return pauseOrResume()
        case .rotate: askToRotate()
        case .dump: askForDump()
        case .sort: sortByNextColumn()
        case .follow: followDevice()
        case .reverse: deviceSort.isAscending.toggle()
        }
        return []
    }

    private mutating func show(_ target: ViewKind?) {
        guard let target else { return }
        view = target
        opened = nil
    }

    private mutating func move(by steps: Int) {
        if opened != nil {
            let (sum, overflow) = scroll.addingReportingOverflow(steps)
            scroll = overflow ? (steps > 0 ? 10_000 : 0) : max(0, sum)
            return
        }
        lists[view, default: ListState()].move(
            by: steps, in: rowIDs, follows: Self.growsAtEnd(view))
    }

    private mutating func open() -> [Effect] {
        guard opened == nil, let index = list(view).index(in: rowIDs) else { return [] }
        switch view {
        case .packets, .rejections: open(records[index])
        case .devices:
            let device = devices[index]
            follow(device)
            return [.perform(.follow(device.model, device: device.id))]
        case .overview: follow(shown.alarms[index])
        case .routes, .secrets, .log: break
        }
        return []
    }

    private mutating func open(_ record: PacketRecord) {
        opened = record
        scroll = 0
    }

    /// From a device to its packets.
    private mutating func follow(_ device: DeviceSnapshot) {
        filters[.packets] = Filter("model:\(device.model) device:\(Filter.quoted(device.id))")
        lists[.packets] = ListState(following: true)
        view = .packets
    }

    /// From a packet to those of its device, or of its address where no device is known.
    private mutating func followDevice() {
        guard let record = opened ?? list(view).index(in: rowIDs).map({ records[$0] }) else {
            return
        }
        let address = record.address[
            ...(record.address.lastIndex(of: ":") ?? record.address.startIndex)]
        let sender =
            record.deviceID.map { "device:\(Filter.quoted($0))" }
            ?? "address:\(Filter.quoted(String(address)))"
        filters[view] = Filter(sender)
        opened = nil
    }

    /// From an alarm to what is behind it.
    private mutating func follow(_ alarm: AlarmSnapshot) {
        if let route = alarm.route, let index = shown.routes.firstIndex(where: { $0.name == route })
        {
            lists[.routes, default: ListState()].select(
                index, in: shown.routes.map { .name($0.name) })
            view = .routes
        } else if let reason = alarm.reason {
            let model = alarm.model.map { " model:\($0)" } ?? ""
            filters[.rejections] = Filter("reason:\(reason.name)\(model)")
            lists[.rejections] = ListState(following: true)
            view = .rejections
        }
    }

    private mutating func goBack() {
        if opened != nil {
            opened = nil
        } else if !filter(view).source.isEmpty {
            filters[view] = nil
        }
    }

    private mutating func type(_ key: Key, into text: String) {
        switch key {
        case .character(let character): overlay = .filter(text + String(character))
        case .backspace: overlay = .filter(String(text.dropLast()))
        case .control("u"): overlay = .filter("")
        case .enter:
            let filter = Filter(text)
            if let fault = filter.fault {
                say(fault, isFault: true)
                return
            }
            filters[view] = filter
            overlay = .none
        case .escape, .control("c"): overlay = .none
        default: break
        }
    }

    private mutating func sortByNextColumn() {
        let columns = DeviceSort.Column.allCases
        deviceSort.column = columns[(deviceSort.column.rawValue + 1) % columns.count]
        // Of numbers the largest are looked for.
        deviceSort.isAscending = [.device, .model, .address].contains(deviceSort.column)
    }
}
