import NanoCore

/// What opens when Enter is pressed on a row, or leads from it to what is behind it.
extension ConsoleModel {
    mutating func open() -> [Effect] {
        guard opened == nil, let index = cursor else { return [] }
        // The cursor stays on what is open, whatever comes in front of it.
        if !list(view).isFollowing {
            lists[view, default: ListState()].select(index, in: rowIDs)
        }
        switch view {
        case .packets, .rejections, .device:
            // Esc leads back to the row one came from, whatever comes meanwhile.
            lists[view, default: ListState()].select(index, in: rowIDs)
            open(records[index])
        case .devices:
            return open(DeviceName(devices[index]))
        case .overview:
            if let route = route(at: index) {
                open(.route(route.name))
            } else {
                return follow(alarms[index - routes.count])
            }
        case .routes: open(.route(routes[index].name))
        case .alarms:
            if alarms.indices.contains(index) {
                return follow(alarms[index])
            } else {
                open(.audit(audit[index - alarms.count]))
            }
        case .log: open(.log(log[index]))
        case .deadLetters: open(.letter(letters[index]))
        case .offenders: open(.offender(offenders[index].source))
        case .refusalGroups: open(refusalGroups[index])
        case .registry: return open(unheard[index])
        case .secrets: listDevices(of: secrets[index])
        }
        return []
    }

    /// From a generation to the devices that use it.
    private mutating func listDevices(of secret: SecretSnapshot) {
        go(
            to: .devices,
            showing: ViewKind.devices.filter(
                "generation:\(secret.generation) model:\(secret.model)"))
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

    /// From a packet to those of its device, or of its address where no device is known.
    mutating func followDevice() {
        if let chosenDevice { return listPackets(of: chosenDevice) }
        guard let record = opened ?? cursor.map({ records[$0] }) else { return }
        go(to: view, showing: view.filter(record.sender))
    }

    /// From an alarm to what is behind it; where that is nothing the alarm itself is read.
    private mutating func follow(_ alarm: AlarmSnapshot) -> [Effect] {
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
            return open(DeviceName(model, device))
        } else {
            open(.alarm(alarm))
        }
        return []
    }
}
