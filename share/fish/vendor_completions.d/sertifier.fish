function __fish_sertifier_print_command
    set -l cmdline (commandline -poc)
    set -l cmd
    set -e cmdline[1]
    for arg in $cmdline
        switch $arg
            case issue
                set cmd $cmd issue
                break
            case check
                set cmd $cmd check
                break
            case status
                set cmd $cmd status
                break
            case resolve
                set cmd $cmd resolve
                break
            case forget
                set cmd $cmd forget
                break
            case adopt
                set cmd $cmd adopt
                break
            case drain
                set cmd $cmd drain
                break
            case write-back
                set cmd $cmd write-back
                break
            case watch
                set cmd $cmd watch
                break
            case sandbox
                set cmd $cmd sandbox
                break
            case doctor
                set cmd $cmd doctor
                break
            case init
                set cmd $cmd init
                break
            case import-flow
                set cmd $cmd import-flow
                break
            case report
                set cmd $cmd report
                break
        end
    end
    echo "$cmd"
end

function __fish_sertifier_using_command
    test (__fish_sertifier_print_command) = "$argv"
    and return 0
    or return 1
end

function __fish_sertifier_seen_command
    string match -q "$argv*" (__fish_sertifier_print_command)
    and return 0
    or return 1
end

complete -c sertifier -n '__fish_sertifier_using_command' -xa 'issue' -d 'issue what qualifies and was not issued before'
complete -c sertifier -n '__fish_sertifier_using_command' -xa 'check' -d 'what would be sent, and every fault, with nothing sent'
complete -c sertifier -n '__fish_sertifier_using_command' -xa 'status' -d 'what the ledger holds, and what is in doubt'
complete -c sertifier -n '__fish_sertifier_using_command' -xa 'resolve' -d 'asks Sertifier about what is in doubt'
complete -c sertifier -n '__fish_sertifier_using_command' -xa 'forget' -d 'remove what the ledger holds of somebody'
complete -c sertifier -n '__fish_sertifier_using_command' -xa 'adopt' -d 'reads into the ledger what a campaign has issued'
complete -c sertifier -n '__fish_sertifier_using_command' -xa 'drain' -d 'send what nginx\'s handlers have queued'
complete -c sertifier -n '__fish_sertifier_using_command' -xa 'write-back' -d 'write the links that are left to the org'
complete -c sertifier -n '__fish_sertifier_using_command' -xa 'watch' -d 'issue records of the org as they change'
complete -c sertifier -n '__fish_sertifier_using_command' -xa 'sandbox' -d 'Sertifier\'s API on this machine, to try things out'
complete -c sertifier -n '__fish_sertifier_using_command' -xa 'doctor' -d 'what a run needs, and what of it is at fault'
complete -c sertifier -n '__fish_sertifier_using_command' -xa 'init' -d 'propose a flow for an export'
complete -c sertifier -n '__fish_sertifier_using_command' -xa 'import-flow' -d 'a Salesforce Flow\'s metadata as a flow in Lua'
complete -c sertifier -n '__fish_sertifier_using_command' -xa 'report' -d 'the ledger as a page that people look at'
complete -c sertifier -s h -l help -d 'Show this help message and exit'
complete -c sertifier -l version -d 'the version'

complete -c sertifier -n '__fish_sertifier_seen_command issue' -s h -l help -d 'Show this help message and exit'
complete -c sertifier -n '__fish_sertifier_seen_command issue' -l campaign -r -d 'the campaign\'s ID, or a template'
complete -c sertifier -n '__fish_sertifier_seen_command issue' -l when -r -d 'entry conditions, as in SOQL\'s WHERE'
complete -c sertifier -n '__fish_sertifier_seen_command issue' -l map -r -d 'a credential field and its template'
complete -c sertifier -n '__fish_sertifier_seen_command issue' -l once-per -r -d 'what is issued once per, {!Id} if not said'
complete -c sertifier -n '__fish_sertifier_seen_command issue' -l now -r -d 'what TODAY and its kin start from, YYYY-MM-DD[Thh:mm:ssZ]'
complete -c sertifier -n '__fish_sertifier_seen_command issue' -l first-run -xa 'issue remember' -d 'records of which nothing is known: issue, or only remember'
complete -c sertifier -n '__fish_sertifier_seen_command issue' -l previous -r -d 'an older export, for what records were before'
complete -c sertifier -n '__fish_sertifier_seen_command issue' -l two-phase -d 'add drafts, look at them, then publish them'
complete -c sertifier -n '__fish_sertifier_seen_command issue' -l batch-size -r -d 'credentials a request, 20 if not said'
complete -c sertifier -n '__fish_sertifier_seen_command issue' -l json -d 'the counts as one JSON object on standard output'
complete -c sertifier -n '__fish_sertifier_seen_command issue' -l format -xa 'bulk bulk-json csv data-export data-loader events inspector json jsonl outbound report rest sf sf-json tree' -d 'which tool wrote the export, where the guess is wrong'
complete -c sertifier -n '__fish_sertifier_seen_command issue' -l encoding -r -d 'of the export, such as windows-1252'
complete -c sertifier -n '__fish_sertifier_seen_command issue' -l delimiter -r -d 'of a CSV export, or its name, such as tab'
complete -c sertifier -n '__fish_sertifier_seen_command issue' -l date-order -xa 'dmy mdy ymd' -d 'of dates such as 07/08/2026'
complete -c sertifier -n '__fish_sertifier_seen_command issue' -l decimal -xa ', .' -d 'the decimal mark of numbers such as 1.234'
complete -c sertifier -n '__fish_sertifier_seen_command issue' -l strict -d 'nothing is sent unless every record is valid and the export whole'
complete -c sertifier -n '__fish_sertifier_seen_command issue' -l query -r -d 'records from the org, by SOQL or a Bulk job\'s id; `flow`: its own'
complete -c sertifier -n '__fish_sertifier_seen_command issue' -l salesforce -r -d 'the org\'s My Domain, SALESFORCE_URL if not said'
complete -c sertifier -n '__fish_sertifier_seen_command issue' -l target-org -r -d 'the org as the Salesforce CLI knows it'
complete -c sertifier -n '__fish_sertifier_seen_command issue' -l ledger -r -d 'what was issued, sertifier.db if not said'
complete -c sertifier -n '__fish_sertifier_seen_command issue' -l write-back -r -d 'the links, as CSV for Salesforce; `salesforce`: to the org'
complete -c sertifier -n '__fish_sertifier_seen_command issue' -l rejects -r -d 'what was not issued, and why, as CSV to be corrected'
complete -c sertifier -n '__fish_sertifier_seen_command issue' -l concurrency -r -d 'requests at once, 4 if not said'
complete -c sertifier -n '__fish_sertifier_seen_command issue' -l rate -r -d 'requests a second, at the most'
complete -c sertifier -n '__fish_sertifier_seen_command issue' -l limit -r -d 'credentials in this run, at the most'
complete -c sertifier -n '__fish_sertifier_seen_command issue' -l expect -r -d 'so many must be new, or nothing is sent'
complete -c sertifier -n '__fish_sertifier_seen_command issue' -l max-new -r -d 'so many may be new, or nothing is sent'
complete -c sertifier -n '__fish_sertifier_seen_command issue' -l canary -r -d 'issue so many, look them up, and only then the rest'
complete -c sertifier -n '__fish_sertifier_seen_command issue' -l max-invalid -r -d 'stop where more records are invalid'
complete -c sertifier -n '__fish_sertifier_seen_command issue' -l delete-surplus -d 'with --two-phase: other drafts of a person are deleted'
complete -c sertifier -n '__fish_sertifier_seen_command issue' -l progress -xa 'line plain none' -d 'line (on a terminal), plain (a line every 10 s) or none'
complete -c sertifier -n '__fish_sertifier_seen_command issue' -l log -xa 'json' -d 'json: events on standard error, a line each, in place of the summary'
complete -c sertifier -n '__fish_sertifier_seen_command issue' -l quiet -d 'no summary'

complete -c sertifier -n '__fish_sertifier_seen_command check' -s h -l help -d 'Show this help message and exit'
complete -c sertifier -n '__fish_sertifier_seen_command check' -l campaign -r -d 'the campaign\'s ID, or a template'
complete -c sertifier -n '__fish_sertifier_seen_command check' -l when -r -d 'entry conditions, as in SOQL\'s WHERE'
complete -c sertifier -n '__fish_sertifier_seen_command check' -l map -r -d 'a credential field and its template'
complete -c sertifier -n '__fish_sertifier_seen_command check' -l once-per -r -d 'what is issued once per, {!Id} if not said'
complete -c sertifier -n '__fish_sertifier_seen_command check' -l now -r -d 'what TODAY and its kin start from, YYYY-MM-DD[Thh:mm:ssZ]'
complete -c sertifier -n '__fish_sertifier_seen_command check' -l first-run -xa 'issue remember' -d 'records of which nothing is known: issue, or only remember'
complete -c sertifier -n '__fish_sertifier_seen_command check' -l previous -r -d 'an older export, for what records were before'
complete -c sertifier -n '__fish_sertifier_seen_command check' -l two-phase -d 'add drafts, look at them, then publish them'
complete -c sertifier -n '__fish_sertifier_seen_command check' -l batch-size -r -d 'credentials a request, 20 if not said'
complete -c sertifier -n '__fish_sertifier_seen_command check' -l json -d 'the counts as one JSON object on standard output'
complete -c sertifier -n '__fish_sertifier_seen_command check' -l format -xa 'bulk bulk-json csv data-export data-loader events inspector json jsonl outbound report rest sf sf-json tree' -d 'which tool wrote the export, where the guess is wrong'
complete -c sertifier -n '__fish_sertifier_seen_command check' -l encoding -r -d 'of the export, such as windows-1252'
complete -c sertifier -n '__fish_sertifier_seen_command check' -l delimiter -r -d 'of a CSV export, or its name, such as tab'
complete -c sertifier -n '__fish_sertifier_seen_command check' -l date-order -xa 'dmy mdy ymd' -d 'of dates such as 07/08/2026'
complete -c sertifier -n '__fish_sertifier_seen_command check' -l decimal -xa ', .' -d 'the decimal mark of numbers such as 1.234'
complete -c sertifier -n '__fish_sertifier_seen_command check' -l strict -d 'nothing is sent unless every record is valid and the export whole'
complete -c sertifier -n '__fish_sertifier_seen_command check' -l bodies -r -d 'each request\'s body as a line; - is standard output'
complete -c sertifier -n '__fish_sertifier_seen_command check' -l ledger -r -d 'of which is known what was issued; sertifier.db if not said'
complete -c sertifier -n '__fish_sertifier_seen_command check' -l sample -r -d 'show so many credentials; 3 on a terminal if not said'
complete -c sertifier -n '__fish_sertifier_seen_command check' -l explain -r -d 'which conditions hold for the record on this line'

complete -c sertifier -n '__fish_sertifier_seen_command status' -s h -l help -d 'Show this help message and exit'
complete -c sertifier -n '__fish_sertifier_seen_command status' -l ledger -r -d 'sertifier.db if not said'
complete -c sertifier -n '__fish_sertifier_seen_command status' -l state -r -d 'lists the keys of one state'
complete -c sertifier -n '__fish_sertifier_seen_command status' -l json -d 'the counts as one JSON object; with --state one for each key'

complete -c sertifier -n '__fish_sertifier_seen_command resolve' -s h -l help -d 'Show this help message and exit'
complete -c sertifier -n '__fish_sertifier_seen_command resolve' -l ledger -r -d 'sertifier.db if not said'
complete -c sertifier -n '__fish_sertifier_seen_command resolve' -l release -r -d 'by your word: not issued, may be sent again'
complete -c sertifier -n '__fish_sertifier_seen_command resolve' -l drop -r -d 'by your word: issued, or not wanted; never sent'
complete -c sertifier -n '__fish_sertifier_seen_command resolve' -l json -d 'what was found, as one JSON object on standard output'

complete -c sertifier -n '__fish_sertifier_seen_command forget' -s h -l help -d 'Show this help message and exit'
complete -c sertifier -n '__fish_sertifier_seen_command forget' -l older-than -r -d 'what was settled so long ago; without --yes it is counted'
complete -c sertifier -n '__fish_sertifier_seen_command forget' -l yes -d 'forget what --older-than counts'
complete -c sertifier -n '__fish_sertifier_seen_command forget' -l ledger -r -d 'sertifier.db if not said'

complete -c sertifier -n '__fish_sertifier_seen_command adopt' -s h -l help -d 'Show this help message and exit'
complete -c sertifier -n '__fish_sertifier_seen_command adopt' -l campaign -r -d 'the campaign\'s ID'
complete -c sertifier -n '__fish_sertifier_seen_command adopt' -l map -r -d 'a credential field and its template'
complete -c sertifier -n '__fish_sertifier_seen_command adopt' -l once-per -r -d 'what is issued once per, {!Id} if not said'
complete -c sertifier -n '__fish_sertifier_seen_command adopt' -l format -xa 'bulk bulk-json csv data-export data-loader events inspector json jsonl outbound report rest sf sf-json tree' -d 'which tool wrote the export, where the guess is wrong'
complete -c sertifier -n '__fish_sertifier_seen_command adopt' -l encoding -r -d 'of the export, such as windows-1252'
complete -c sertifier -n '__fish_sertifier_seen_command adopt' -l delimiter -r -d 'of a CSV export, or its name, such as tab'
complete -c sertifier -n '__fish_sertifier_seen_command adopt' -l date-order -xa 'dmy mdy ymd' -d 'of dates such as 07/08/2026'
complete -c sertifier -n '__fish_sertifier_seen_command adopt' -l decimal -xa ', .' -d 'the decimal mark of numbers such as 1.234'
complete -c sertifier -n '__fish_sertifier_seen_command adopt' -l ledger -r -d 'sertifier.db if not said'
complete -c sertifier -n '__fish_sertifier_seen_command adopt' -l json -d 'what was found, as one JSON object on standard output'

complete -c sertifier -n '__fish_sertifier_seen_command drain' -s h -l help -d 'Show this help message and exit'
complete -c sertifier -n '__fish_sertifier_seen_command drain' -l ledger -r -d 'sertifier.db if not said'
complete -c sertifier -n '__fish_sertifier_seen_command drain' -l batch-size -r -d 'credentials a request, 20 if not said'
complete -c sertifier -n '__fish_sertifier_seen_command drain' -l every -r -d 'go on, looking again after so many seconds'
complete -c sertifier -n '__fish_sertifier_seen_command drain' -l json -d 'the counts as one JSON object on standard output'

complete -c sertifier -n '__fish_sertifier_seen_command write-back' -s h -l help -d 'Show this help message and exit'
complete -c sertifier -n '__fish_sertifier_seen_command write-back' -l ledger -r -d 'sertifier.db if not said'
complete -c sertifier -n '__fish_sertifier_seen_command write-back' -l salesforce -r -d 'the org\'s My Domain, SALESFORCE_URL if not said'
complete -c sertifier -n '__fish_sertifier_seen_command write-back' -l target-org -r -d 'the org as the Salesforce CLI knows it'
complete -c sertifier -n '__fish_sertifier_seen_command write-back' -l unwritten -r -d 'what cannot be written, as CSV for Salesforce'
complete -c sertifier -n '__fish_sertifier_seen_command write-back' -l json -d 'the counts as one JSON object on standard output'

complete -c sertifier -n '__fish_sertifier_seen_command watch' -s h -l help -d 'Show this help message and exit'
complete -c sertifier -n '__fish_sertifier_seen_command watch' -l every -r -d 'ask after so many seconds, 60 if not said'
complete -c sertifier -n '__fish_sertifier_seen_command watch' -l once -d 'ask once, and end'
complete -c sertifier -n '__fish_sertifier_seen_command watch' -l overlap -r -d 'seconds that are asked for again, 600 if not said'
complete -c sertifier -n '__fish_sertifier_seen_command watch' -l salesforce -r -d 'the org\'s My Domain, SALESFORCE_URL if not said'
complete -c sertifier -n '__fish_sertifier_seen_command watch' -l target-org -r -d 'the org as the Salesforce CLI knows it'
complete -c sertifier -n '__fish_sertifier_seen_command watch' -l ledger -r -d 'what was issued, sertifier.db if not said'
complete -c sertifier -n '__fish_sertifier_seen_command watch' -l write-back -xa 'salesforce' -d 'the links, to the org'
complete -c sertifier -n '__fish_sertifier_seen_command watch' -l first-run -xa 'issue remember' -d 'records of which nothing is known: issue, or only remember'

complete -c sertifier -n '__fish_sertifier_seen_command sandbox' -s h -l help -d 'Show this help message and exit'
complete -c sertifier -n '__fish_sertifier_seen_command sandbox' -l port -r -d 'a free one if not said'
complete -c sertifier -n '__fish_sertifier_seen_command sandbox' -l campaign -r -d 'a campaign that it has'
complete -c sertifier -n '__fish_sertifier_seen_command sandbox' -l key -r -d 'the API key that it wants'
complete -c sertifier -n '__fish_sertifier_seen_command sandbox' -l behave -r -d 'one of the behaviours below'
complete -c sertifier -n '__fish_sertifier_seen_command sandbox' -l org -r -d 'an org of Salesforce\'s too, with so many contacts'

complete -c sertifier -n '__fish_sertifier_seen_command doctor' -s h -l help -d 'Show this help message and exit'
complete -c sertifier -n '__fish_sertifier_seen_command doctor' -l campaign -r -d 'the campaign\'s ID'
complete -c sertifier -n '__fish_sertifier_seen_command doctor' -l ledger -r -d 'sertifier.db if not said'

complete -c sertifier -n '__fish_sertifier_seen_command init' -s h -l help -d 'Show this help message and exit'
complete -c sertifier -n '__fish_sertifier_seen_command init' -s o -l output -r -d 'the flow\'s file, flow.lua if not said'
complete -c sertifier -n '__fish_sertifier_seen_command init' -l campaign -r -d 'the campaign\'s ID'

complete -c sertifier -n '__fish_sertifier_seen_command import-flow' -s h -l help -d 'Show this help message and exit'

complete -c sertifier -n '__fish_sertifier_seen_command report' -s h -l help -d 'Show this help message and exit'
complete -c sertifier -n '__fish_sertifier_seen_command report' -l ledger -r -d 'sertifier.db if not said'
complete -c sertifier -n '__fish_sertifier_seen_command report' -s o -l output -r -d 'the report\'s file, standard output if not said'
complete -c sertifier -n '__fish_sertifier_seen_command report' -l format -xa 'html csv json' -d 'html if not said'
complete -c sertifier -n '__fish_sertifier_seen_command report' -l campaign -r -d 'the campaign\'s ID, where there is no flow'
complete -c sertifier -n '__fish_sertifier_seen_command report' -l names -d 'with names and e-mail addresses, read from the exports'
