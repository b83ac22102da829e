import NanoCore

// Questions about the steps of a rotation: whom it would cut off stands in the question, and whoever
// says yes to that has forced it.
extension ConsoleModel {
    /// The generation under the cursor.
    var chosenSecret: SecretSnapshot? {
        guard view == .secrets, let index = cursor else { return nil }
        return secrets[index]
    }

    /// The staged generation of the model under the cursor.
    var stagedSecret: SecretSnapshot? { staged(beside: chosenSecret) }

    private func staged(beside chosen: SecretSnapshot?) -> SecretSnapshot? {
        live.secrets.first { $0.model == chosen?.model && $0.state == .staged }
    }

    func title(of model: ModelID) -> String { live.title(of: model) }

    /// Where the newest snapshot came without devices, those of some seconds ago.
    private func adoption(of model: ModelID) -> SecretAdoption {
        live.adoptions[model] ?? (hasLiveDevices ? nil : rewind.adoptions[model])
            ?? SecretAdoption(
                of: model, in: live.devices, nowUnixMilliseconds: live.gateway.unixMilliseconds)
    }

    /// Who can read the files that the gateway writes.
    var fileReader: String { attachment == .none ? "you" : "the gateway's user" }

    /// What happens to devices, and whether that takes force.
    private func effect(
        on devices: [String], _ adoption: SecretAdoption, _ what: String, _ then: String,
        none: String
    ) -> (text: String, isForced: Bool) {
        guard !devices.isEmpty else { return (none, false) }
        return (
            "\(devices.count) of \(Numbers.counted(UInt64(adoption.count), "device")) active in the "
                + "last 24 hours \(what): \(SecretAdoption.names(devices)). \(then)", true
        )
    }

    mutating func askToStage(_ chosen: SecretSnapshot?) {
        guard let chosen else { return }
        if let staged = staged(beside: chosen) {
            return say(
                "generation \(staged.generation) of \(chosen.model) is staged already: promote or abort "
                    + "it", isFault: true)
        }
        overlay = .confirmation(
            Confirmation(
                title: "Stage a new secret for \(title(of: chosen.model))?",
                text: [
                    "It is accepted beside the current one. Bring it to the devices, see here which use "
                        + "it, and promote it then. Nothing is refused meanwhile.",
                    "The new secret is written to a file that only \(fileReader) can read; it is not "
                        + "shown.",
                ], verb: "Stage", effect: .perform(.stageSecret(chosen.model))))
    }

    mutating func askToPromote(_ chosen: SecretSnapshot?) {
        guard let staged = staged(beside: chosen) else { return sayNothingStaged() }
        let adoption = adoption(of: staged.model)
        let grace = live.gateway.graceHours
        let then = grace > 0 ? "in \(grace) hours, when its grace ends" : "at once"
        let accepted = Set(
            live.secrets.filter { $0.model == staged.model }.map(\.generation))
        let lost = adoption.users(butOf: accepted)
        let late = Set(lost)
        let (words, isLate) = effect(
            on: adoption.stragglers(behind: staged.generation).filter { !late.contains($0) },
            adoption, "do not use it yet",
            "They will be refused \(then), unless they have the new secret by then.",
            none: lost.isEmpty
                ? "All \(Numbers.counted(UInt64(adoption.count), "device")) active in the last 24 "
                    + "hours use it already."
                : lost.count < adoption.count
                    ? "All others that were active in the last 24 hours use it already." : "")
        var text = words.isEmpty ? [] : [words]
        if !lost.isEmpty {
            text.append(
                "\(Numbers.counted(UInt64(lost.count), "device")) used last what is not accepted any "
                    + "more, and \(lost.count == 1 ? "is" : "are") refused unless updated since: "
                    + "\(SecretAdoption.names(lost)).")
        }
        let isForced = isLate || !lost.isEmpty
        overlay = .confirmation(
            Confirmation(
                title:
                    "Make generation \(staged.generation) current for \(title(of: staged.model))?",
                text: text + ["The former one is accepted for \(grace) hours more."],
                verb: isForced ? "Promote all the same" : "Promote",
                effect: .perform(.promoteSecret(staged.model, forced: isForced))))
    }

    mutating func askToAbort(_ chosen: SecretSnapshot?) {
        guard let staged = staged(beside: chosen) else { return sayNothingStaged() }
        let adoption = adoption(of: staged.model)
        let (words, isForced) = effect(
            on: adoption.users(of: staged.generation), adoption, "use it already",
            "They will be refused from now on.", none: "No active device uses it.")
        overlay = .confirmation(
            Confirmation(
                title: "Give up generation \(staged.generation) of \(title(of: staged.model))?",
                text: [words, "The current secret stays as it is."],
                verb: isForced ? "Abort all the same" : "Abort",
                effect: .perform(.abortRotation(staged.model, forced: isForced))))
    }

    mutating func askToRevoke(_ chosen: SecretSnapshot?) {
        guard let chosen else { return }
        guard chosen.state == .previous else {
            return say("only a former secret in its grace can be revoked", isFault: true)
        }
        let adoption = adoption(of: chosen.model)
        let (words, isForced) = effect(
            on: adoption.users(of: chosen.generation), adoption, "have used it last",
            "They will be refused from now on.", none: "No active device uses it any more.")
        overlay = .confirmation(
            Confirmation(
                title: "Revoke generation \(chosen.generation) of \(title(of: chosen.model))?",
                text: [words, "Its grace ends within a second. That cannot be undone."],
                verb: isForced ? "Revoke all the same" : "Revoke",
                effect: .perform(
                    .revokeSecret(
                        chosen.model, generation: chosen.generation, forced: isForced))))
    }

    mutating func askForGrace() {
        guard let chosen = chosenSecret else { return }
        guard chosen.state == .previous else {
            return say(
                "only a former secret in its grace can be accepted for longer", isFault: true)
        }
        let hours = live.gateway.graceHours > 0 ? live.gateway.graceHours : 24
        overlay = .prompt(
            Prompt(
                question:
                    "Accept generation \(chosen.generation) of \(title(of: chosen.model)) for ",
                proposing: TimeSpan(seconds: Int64(hours) * 3_600).text, purpose: .grace(chosen)))
    }

    /// What is wrong with a time from now on as the rest of a grace.
    func fault(ofGrace text: String, _ secret: SecretSnapshot) -> String? {
        guard let span = TimeSpan(text), (60...365 * 86_400).contains(span.seconds) else {
            return "1m…365d, with s, m, h or d behind the number: 24h, 7d"
        }
        let left = (secret.validUntilUnixMilliseconds ?? 0) - live.gateway.unixMilliseconds
        guard span.seconds * 1_000 > left else {
            return
                "its grace lasts \(Numbers.duration(Double(left) / 1_000)) as it is; x ends it now"
        }
        return nil
    }

    mutating func askToExtend(_ secret: SecretSnapshot, _ text: String) {
        guard let span = TimeSpan(text) else { return }
        let end = live.gateway.unixMilliseconds + span.seconds * 1_000
        let adoption = adoption(of: secret.model)
        let users = adoption.users(of: secret.generation)
        let left = Double((secret.validUntilUnixMilliseconds ?? 0) - live.gateway.unixMilliseconds)
        overlay = .confirmation(
            Confirmation(
                title: "Extend generation \(secret.generation) of \(title(of: secret.model))?",
                text: [
                    "It is accepted until \(Timestamp.short(unixSeconds: end / 1_000)), "
                        + "\(span.text) from now; its grace would end in "
                        + "\(Numbers.duration(left / 1_000)).",
                    users.isEmpty
                        ? "No active device uses it any more."
                        : "\(users.count) of \(Numbers.counted(UInt64(adoption.count), "device")) active "
                            + "in the last 24 hours have used it last: \(SecretAdoption.names(users)).",
                ], verb: "Extend",
                effect: .perform(
                    .extendGrace(
                        secret.model, generation: secret.generation, untilUnixMilliseconds: end))))
    }

    private mutating func sayNothingStaged() {
        say(
            "no secret is staged for this model; secrets stage, the key s, stages one",
            isFault: true)
    }

    mutating func askToRotate(_ chosen: SecretSnapshot?) {
        let secrets = shown.secrets
        guard let chosen else { return }
        let model = chosen.model
        if let staged = staged(beside: chosen) {
            return say(
                "generation \(staged.generation) of \(model) is staged: promote or abort it",
                isFault: true)
        }
        let row = shown.models.first { $0.id == model }
        let devices = Numbers.counted(UInt64(row?.devices ?? 0), "device")
        let current = secrets.first { $0.model == model && $0.state == .current }
        var text: [String] = []
        if let current {
            let replaced =
                chosen.state == .previous
                ? "The cursor is on generation \(chosen.generation), which has been replaced "
                    + "already. "
                : ""
            text.append(
                replaced + "Generation \(current.generation) (\(current.fingerprint)) is the "
                    + "current one, and gets a successor.")
        }
        let grace = live.gateway.graceHours
        text.append(
            grace > 0
                ? "\(devices) of this model will need the new secret within \(grace) hours: until then "
                    + "the old one is accepted too."
                : "\(devices) of this model are refused from now on, until they have the new secret: "
                    + "no grace period is configured for the old one.")
        text.append(
            "The new secret is written to a file that only \(fileReader) can read; it is not shown."
        )
        overlay = .confirmation(
            Confirmation(
                title: "Rotate the current secret of \(title(of: model))?", text: text,
                verb: "Rotate", effect: .perform(.rotateSecret(model))))
    }
}
