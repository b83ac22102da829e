import NanoCore

/// What opens when Enter is pressed on a row, or leads from it to what is behind it.
extension ConsoleModel {
    mutating func open() -> [Effect] {
        guard opened == nil, let index = cursor else { return [] }
        switch view {
        case .packets, .rejections:
            opened = records[index]
            scroll = 0
            seeksFault = true
        case .devices:
            let device = devices[index]
            follow(device)
            // What the gateway keeps is changed by nobody who only looks, nor from the past.
            guard !attachment.changesNothing, rewound == nil else { return [] }
            return [.perform(.follow(device.model, device: device.id))]
        case .overview:
            if let route = route(at: index) {
                open(.route(route.name))
            } else {
                follow(alarms[index - routes.count])
            }
        case .routes: open(.route(routes[index].name))
        case .alarms:
            if alarms.indices.contains(index) {
                follow(alarms[index])
            } else {
                open(.audit(audit[index - alarms.count]))
            }
        case .log: open(.log(log[index]))
        case .deadLetters: open(.letter(letters[index]))
        case .offenders: open(.offender(offenders[index].source))
        case .secrets, .registry: break
        }
        return []
    }

    /// The route of a row; nil where the row is none.
    func route(at index: Int) -> RouteSnapshot? {
        routes.indices.contains(index) ? routes[index] : nil
    }

    /// The alarm that the cursor is on.
    var selectedAlarm: AlarmSnapshot? {
        guard [.overview, .alarms].contains(view), let index = cursor,
            alarms.indices.contains(index - routes.count)
        else { return nil }
        return alarms[index - routes.count]
    }

    mutating func readAlarm() {
        if let alarm = selectedAlarm { open(.alarm(alarm)) }
    }

    mutating func openMessage() {
        recallThemeFault()
        dismissNotice()
        if message == nil {
            say("nothing has been said yet")
        } else {
            open(.message)
        }
    }

    /// From a device to its packets.
    private mutating func follow(_ device: DeviceSnapshot) {
        go(
            to: .packets,
            showing: ViewKind.packets.filter(
                "model:\(device.model) device:\(Filter.value(device.id))"))
    }

    /// From a packet to those of its device, or of its address where no device is known.
    mutating func followDevice() {
        guard let record = opened ?? cursor.map({ records[$0] }) else { return }
        let address = record.address.lastIndex(of: ":").map { record.address[...$0] } ?? ""
        let sender =
            record.deviceID.map { "device:\(Filter.value($0))" }
            ?? "address:\(Filter.value(String(address)))"
        go(to: view, showing: view.filter(sender))
    }

    /// From an alarm to what is behind it; where that is nothing the alarm itself is read.
    private mutating func follow(_ alarm: AlarmSnapshot) {
        if alarm.id == AlarmSnapshot.registryID {
            openRegistry()
        } else if alarm.id.hasPrefix(AlarmSnapshot.offendersPrefix) {
            openOffenders()
        } else if let route = alarm.route,
            let index = shown.routes.firstIndex(where: { $0.name == route })
        {
            go(to: .routes, showing: nil)
            lists[.routes, default: ListState()].select(
                index, in: shown.routes.map { .name($0.name) })
        } else if let reason = alarm.reason {
            let model = alarm.model.map { " model:\($0)" } ?? ""
            go(
                to: .rejections,
                showing: ViewKind.rejections.filter("reason:\(reason.name)\(model)"))
        } else if alarm.isAboutSecret, let model = alarm.model,
            let index = shown.secrets.firstIndex(where: { $0.model == model })
        {
            go(to: .secrets, showing: nil)
            refreshListing()
            lists[.secrets, default: ListState()].select(index, in: rowIDs)
        } else if let model = alarm.model, let device = alarm.device {
            go(
                to: .devices,
                showing: ViewKind.devices.filter("model:\(model) device:\(Filter.value(device))"))
        } else {
            open(.alarm(alarm))
        }
    }
}
