"""What Jira's stock statuses and resolutions mean, in the languages that Jira ships.

Jira knows three status categories, and a cancelled issue is in the same one as a finished issue. Only names tell them
apart: those of a new site, those that Jira's documentation suggests, and those that most sites add. Sites translate
them as they like (Administration → Issues → Resolutions → Translate), so several words stand for one.

Done means delivered. What was given up, put off, moved elsewhere, undone or not done is none of it, whichever of its
names a site uses. What is not here counts as done, and `validate --online` names it.
"""

import re
import unicodedata

from connectors.reading.names import fold

_BREAKS = re.compile(
    r"[/|:;,()\[\]{}<>!?*#+=~\"“”„«»、。・「」【】\u2190-\u2bff\U0001f000-\U0001faff\ufe0f\u200d]"
    # Closed as obsolete, Duplicate of SHOP-1, Cancelado por el cliente, Closed Won't Fix.
    r"|\b(?:as|of|by|als|von|durch|como|por|comme|par)\b|^(?:closed|resolved)\b"
)
# Deferred to Q3, Postponed until the new year, Verschoben auf 2027.
_TAIL = re.compile(
    r" (?:to|until|till|for|from|with|in|into|due|because|since|bis|auf|nach|wegen|mangels|à|au|pour|jusqu|hasta|para"
    r"|al|a|per|naar|tot|till?|til|do|na|до|на)\b"
)
_NOT = re.compile(
    r"^(?:(?:not|never|nicht|noch nicht|non|pas|no|não|nao|niet|ikke|inte|ej|ei|nie|ne|nem|nu|не|không|chưa) |[未没沒])"
)
# No longer relevant, Nicht mehr gewollt.
_NO_LONGER = re.compile(
    r"^(?:no longer|not going|nicht mehr|nest plus|ya no|não é mais|non più|niet meer|niet langer|ikke længere"
    r"|ikke lenger|inte längre|ei enää|już nie|už není|больше не|більше не) "
)
_NUMBERING = "0123456789. "
# 已取消 and 取消, キャンセル済み and キャンセル, 취소됨 and 취소 say the same.
_ENDINGS = re.compile(r"^已|済み?$|(?:됨|함| ?완료)$")
_WITH_TWO_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "æ": "ae"})


def _names(text: str) -> frozenset[str]:
    return frozenset(fold(name) for line in text.splitlines() for name in line.split("|") if name.strip())


def _typed(names: frozenset[str]) -> frozenset[str]:
    """Names, also as they are typed where a keyboard has no accents."""
    return frozenset(each for name in names for each in (name, _bare(name), name.translate(_WITH_TWO_LETTERS)))


def _bare(name: str) -> str:
    letters = (c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", "".join(letters))


GIVEN_UP = _typed(
    _names("""
    Cancelled | Canceled | Cancel | Won't Do | Wont Do | Will Not Do | Won't Fix | Will Not Fix
    Won't Implement
    Won't Resolve | Not Doing | Duplicate | Duplicated | Duplicate Issue | Closed as Duplicate
    Cannot Reproduce
    Can't Reproduce | Could Not Reproduce | Unable to Reproduce | Not Reproducible | Non-reproducible
    Unreproducible
    Incomplete | Declined | Rejected | Denied | Invalid | Obsolete | Abandoned | Withdrawn | Dropped | Discarded
    Superseded | Descoped | De-scoped | Out of Scope | Aborted | Terminated | Revoked | Expired | Auto Closed
    Not a Bug | Not a Defect | Not a Problem | Not an Issue | No Bug | By Design | As Designed
    Works as Designed
    Working as Designed | Works as Intended | Working as Intended | Works for Me | Not Needed | No Longer Needed
    Not Required | No Longer Required | Not Applicable | No Longer Applicable | Not Planned | Not Supported
    No Response | No Action | No Action Needed | No Action Required | User Error | Known Error
    Overtaken by Events
    Abgebrochen | Storniert | Wird nicht erledigt | Wird nicht ausgeführt | Wird nicht durchgeführt
    Wird nicht gemacht
    Wird nicht umgesetzt | Wird nicht bearbeitet | Wird nicht behoben | Wird nicht gelöst | Nicht behoben
    Duplikat
    Doppelt | Nicht reproduzierbar | Kann nicht reproduziert werden | Unvollständig | Abgelehnt | Verworfen
    Zurückgezogen | Zurückgewiesen | Ungültig | Obsolet | Hinfällig | Kein Fehler | Kein Bug
    Nicht erforderlich
    Nicht mehr erforderlich | Nicht benötigt | Funktioniert wie vorgesehen | Eingestellt | Entfällt
    Annulé | Annulée | Abandonné | Abandonnée | Ne sera pas fait | Ne sera pas réalisé | Ne pas faire
    Ne sera pas effectué | Ne sera pas traité | Ne sera pas corrigé | Ne sera pas résolu | Ne pas corriger
    Doublon
    Dupliqué | En double | Impossible à reproduire | Impossible de reproduire | Non reproductible | Incomplet
    Incomplète | Refusé | Refusée | Rejeté | Rejetée | Invalide | Obsolète | Pas un bug | N'est pas un bug
    Cancelado | Cancelada | Anulado | Anulada | No se hará | No se realizará | No hacer | No se solucionará
    No se corregirá | No se arreglará | No se resolverá | Duplicado | Duplicada | No se puede reproducir
    Imposible de reproducir | No reproducible | Incompleto | Incompleta | Rechazado | Rechazada | Descartado
    Descartada | Obsoleto | Obsoleta | No es un error | No válido | Abandonado
    Não será feito | Não fará | Não fazer | Não será realizado | Não será executado | Não será corrigido
    Não será resolvido | Não corrigir | Não é possível reproduzir | Não foi possível reproduzir
    Não pode ser reproduzido
    Não reproduzível | Impossível reproduzir | Recusado | Recusada | Rejeitado | Rejeitada | Inválido
    Não é um bug
    Annullato | Annullata | Non verrà fatto | Non sarà fatto | Non sarà eseguito | Non verrà eseguito
    Da non fare
    Non verrà corretto | Non sarà corretto | Non sarà risolto | Non verrà risolto | Duplicato | Duplicata
    Impossibile riprodurre | Non riproducibile | Rifiutato | Rifiutata | Respinto | Non valido | Abbandonato
    Geannuleerd | Wordt niet gedaan | Wordt niet uitgevoerd | Zal niet gebeuren | Doen we niet | Niet doen
    Wordt niet opgelost | Wordt niet verholpen | Duplicaat | Dubbel | Kan niet reproduceren
    Kan niet worden gereproduceerd
    Niet reproduceerbaar | Niet te reproduceren | Onvolledig | Afgewezen | Geweigerd | Vervallen | Ongeldig
    Geen bug
    Annulleret | Afbrudt | Udføres ikke | Bliver ikke udført | Vil ikke blive udført | Vil ikke blive gjort
    Gøres ikke
    Rettes ikke | Løses ikke | Vil ikke blive løst | Vil ikke blive rettet | Dublet | Kan ikke gengives
    Kan ikke genskabes | Kan ikke reproduceres | Ufuldstændig | Afvist
    Kansellert | Avbrutt | Annullert | Vil ikke bli gjort | Vil ikke bli utført | Gjøres ikke | Utføres ikke
    Vil ikke bli løst | Vil ikke bli rettet | Løses ikke | Kan ikke reproduseres | Kan ikke gjenskapes
    Ufullstendig
    Avvist | Avslått
    Avbruten | Avbrutet | Annullerad | Inställd | Kommer inte att göras | Kommer inte att utföras | Görs inte
    Utförs inte | Kommer inte att åtgärdas | Kommer inte att lösas | Åtgärdas inte | Dubblett | Dubbel
    Kan inte återskapas | Kan inte reproduceras | Går inte att återskapa | Går ej att återskapa | Ofullständig
    Ofullständigt | Avvisad | Avböjd | Avslagen | Nekad
    Peruutettu | Peruttu | Keskeytetty | Ei tehdä | Ei toteuteta | Ei suoriteta | Ei korjata | Ei ratkaista
    Kaksoiskappale | Duplikaatti | Ei voi toistaa | Ei toistettavissa | Ei voida toistaa | Puutteellinen
    Epätäydellinen | Hylätty
    Anulowane | Anulowano | Anulowany | Nie zostanie wykonane | Nie zostanie zrobione | Nie będzie realizowane
    Nie do zrobienia | Nie zostanie naprawione | Nie będzie naprawione | Nie zostanie rozwiązane
    Nie można odtworzyć
    Nie można powtórzyć | Niemożliwe do odtworzenia | Nie do odtworzenia | Niekompletne | Niekompletny
    Odrzucone
    Odrzucono | Odrzucony | Nieaktualne
    Zrušeno | Zrušené | Nebude provedeno | Nebude se dělat | Nebude se řešit | Nebude vyřešeno | Nebude opraveno
    Duplikát | Duplicitní | Nelze reprodukovat | Nelze zreprodukovat | Nelze opakovat | Neúplné | Nekompletní
    Odmítnuto | Zamítnuto | Nebude vykonané | Nebude opravené | Nedá sa reprodukovať | Zamietnuté | Odmietnuté
    Megszakítva | Visszavonva | Visszavont | Törölve | Nem lesz kész | Nem lesz elvégezve | Nem készül el
    Nem lesz megoldva | Nem lesz javítva | Duplikátum | Másodpéldány | Ismétlődő | Nem reprodukálható | Hiányos
    Elutasítva | Elutasított
    Anulat | Anulată | Nu se va face | Nu se va efectua | Nu se va remedia | Nu se va rezolva
    Nu se poate reproduce
    Incomplet | Respins | Refuzat
    İptal Edildi | İptal | Vazgeçildi | Yapılmayacak | Düzeltilmeyecek | Çözülmeyecek | Yinelenen | Yinelenme
    Mükerrer
    Yeniden Oluşturulamıyor | Yeniden Üretilemiyor | Tekrarlanamıyor | Reddedildi | Geçersiz
    Tühistatud | Ei tehta | Ei parandata | Duplikaat | Ei saa korrata | Mittetäielik | Tagasi lükatud
    Отменено | Отменен | Отменён | Отменена | Не будет сделано | Не будет выполнено | Не будет выполняться
    Не выполнять | Не будет исправлено | Не будет исправляться | Не исправлять | Не будет решено | Дубликат
    Дублирует
    Повтор | Невозможно воспроизвести | Не удалось воспроизвести | Не удается воспроизвести | Не воспроизводится
    Неполный | Неполное | Неполная | Отклонено | Отклонен | Отклонён | Отклонена | Отказ | Неактуально
    Не ошибка
    Скасовано | Не буде зроблено | Не буде виконано | Не буде виправлено | Дублікат | Неможливо відтворити
    Не вдається відтворити | Не відтворюється | Неповний | Неповне | Відхилено
    Đã hủy | Đã huỷ | Bị hủy | Sẽ không làm | Không làm | Không thực hiện | Sẽ không sửa | Không sửa | Trùng lặp
    Không thể tái hiện | Không thể tái tạo | Không đầy đủ | Bị từ chối | Đã từ chối
    ยกเลิก | ยกเลิกแล้ว | จะไม่ทำ | ไม่ทำ | จะไม่แก้ไข | ซ้ำ | ซ้ำกัน | ไม่สามารถทำซ้ำได้ | ไม่สมบูรณ์ | ปฏิเสธ
    ถูกปฏิเสธ
    取消 | 已取消 | 不做 | 不会做 | 不会完成 | 不予处理 | 不处理 | 不再处理 | 不修复 | 不会修复 | 不予修复
    不解决 | 不予解决
    重复 | 重复问题 | 重复提交 | 无法重现 | 不能重现 | 无法复现 | 不可重现 | 不完整 | 未完成 | 已拒绝 | 拒绝
    已废弃 | 废弃 | 已作废 | 作废
    无效 | 不是缺陷 | 不是问题 | 设计如此 | 已放弃
    不會做 | 不會完成 | 不予處理 | 不處理 | 不修復 | 不會修復 | 不修正 | 不解決 | 重複 | 無法重現 | 不能重現
    已拒絕 | 拒絕
    已廢棄 | 無效
    キャンセル | キャンセル済み | 中止 | 中断 | 対応しない | 対応せず | 対応不要 | 実行しない | 実施しない
    実施せず | やらない
    行わない | 修正しない | 修正せず | 修正不要 | 解決しない | 重複 | 重複しています | 再現できない | 再現できず
    再現しない | 再現不可
    再現不能 | 不完全 | 未完了 | 却下 | 辞退 | 拒否 | 棄却 | 無効 | 仕様通り | 仕様どおり | 仕様
    취소 | 취소됨 | 취소함 | 하지 않음 | 하지 않을 예정 | 안 함 | 수행하지 않음 | 수행 안 함 | 진행하지 않음
    수정하지 않음
    수정 안 함 | 해결하지 않음 | 해결 안 함 | 중복 | 중복됨 | 재현할 수 없음 | 재현 불가 | 재현 안 됨
    재현되지 않음 | 불완전
    불완전함 | 미완료 | 거부 | 거부됨 | 거절됨 | 반려 | 기각 | 무효
    Killed | Scrapped | Won't Ship | Won't Address | Won't Happen | Wontfix | Wontdo | Worksforme | Notabug
    Non-issue | Not Valid | Retracted | Void | Voided | Out of Date | No Fix | No Fix Required | Not Fixed
    Not Actionable | Skipped | Ignored | Not Doing This | Will Not Implement | Cancelled by Customer
    Cancelled by User | Cancelled by Requester
    Gecancelt | Gecancelled | Storno | Wird nicht gefixt | Nicht umgesetzt | Wird verworfen | Nicht relevant
    Nicht zutreffend
    Sans suite | Classé sans suite | Abandon | Annulation | Non traité | Non retenu | Non applicable
    Desestimado | Desestimada | No procede | No aplica | Cancelación | Não se aplica | Descontinuado
    Scartato | Scartata | Non applicabile | Ingetrokken | Verworpen | Niet van toepassing
    Nie dotyczy | Zaniechane | Zaniechano | Wycofane | Отмена | Не актуально | Снято | Отозвано | Аннулировано
    Не баг
    Скасований | Скасована | 撤销 | 已撤销 | 驳回 | 已驳回 | 终止 | 已终止 | 中止 | 已中止 | 駁回 | 已駁回 | 作廢
    見送り | 取りやめ | 取り止め | 取下げ | 取り下げ | 対象外 | 不採用 | 不要 | 破棄 | 철회 | 철회됨 | 폐기
    בוטל | לא יבוצע | כפול | Ακυρώθηκε | Διπλότυπο | Απορρίφθηκε | ملغى | ملغاة | لن يتم | مكرر | مرفوض
""")
)
"""Closed without being delivered."""

PUT_OFF = _typed(
    _names("""
    Deferred | Postponed | Parked | On Hold | Put on Hold | Shelved | Paused | Suspended | Later | Maybe Later | Not Now
    Someday | Icebox | Iceboxed | Backlogged | Deprioritised | Deprioritized | De-prioritised | De-prioritized
    Rescheduled
    Punted | Moved | Moved Elsewhere | Moved Out | Moved Away | Moved to Another Project | Moved to Another Team
    Moved to Another Board | Moved to Other Project | Moved to Other Team | Moved to Backlog | Moved to the Backlog
    Transferred
    Tracked Elsewhere | Handled Elsewhere | Replaced | Overtaken | Merged into Another | Merged into Another Issue
    Merged into Another Ticket | Rolled Back | Rollback | Roll Back | Reverted | Backed Out | Undone | Failed
    Unsuccessful
    Lost | Timed Out | Stale | Inactive | Unresolved | No Resolution | Cannot Fix | Can't Fix | Unable to Fix
    Cannot Be Fixed | Unfixable | No Change Required | No Change Needed | No Changes Required | No Changes Needed
    Without Action | Without Fix | Without Resolution | Not Feasible | Infeasible | Not Actioned | Outdated | Deleted
    Removed
    Zurückgestellt | Verschoben | Vertagt | Aufgeschoben | Pausiert | Geparkt | Ausgesetzt | Ruhend | Später
    Depriorisiert | Zurückgerollt | Rückgängig gemacht | Zurückgenommen | Überholt | Ersetzt | Anderweitig erledigt
    Kassiert | Gescheitert | Fehlgeschlagen | Nicht lösbar | Nicht behebbar | Gestrichen | Weggefallen | Gelöscht
    Veraltet | Kein Bedarf | Nicht mehr nötig | Nicht nötig | Nicht mehr relevant | Ausgelagert | Verlagert | Abgesagt
    Ohne Lösung | Ohne Maßnahme | Ohne Umsetzung
    Reporté | Reportée | Différé | Différée | Ajourné | Ajournée | Repoussé | Repoussée | Mis en attente | En pause
    Suspendu | Suspendue | Mis de côté | Plus tard | Dépriorisé | Dépriorisée | Déplacé | Déplacée | Transféré
    Remplacé
    Remplacée | Dépassé | Dépassée | Périmé | Périmée | Retour arrière | Échec | Échoué | Échouée | Supprimé | Supprimée
    Retiré | Retirée | Caduc | Caduque | Expiré | Expirée | Inutile | Sans solution
    Aplazado | Aplazada | Pospuesto | Pospuesta | Diferido | Diferida | Postergado | Postergada | En pausa | Suspendido
    Suspendida | Aparcado | Aparcada | Más tarde | Despriorizado | Despriorizada | Movido | Movida | Trasladado
    Trasladada | Reemplazado | Reemplazada | Sustituido | Sustituida | Revertido | Revertida | Fallido | Fallida
    Eliminado | Eliminada | Retirado | Retirada | Caducado | Caducada | Innecesario | Ya no es necesario | Sin solución
    Adiado | Adiada | Suspenso | Suspensa | Pausado | Pausada | Em pausa | Em espera | Transferido | Transferida
    Substituído | Substituída | Falhou | Expirado | Expirada | Não necessário | Desnecessário | Desfeito
    Rinviato | Rinviata | Rimandato | Rimandata | Posticipato | Posticipata | Differito | Differita | Sospeso | Sospesa
    In sospeso | In pausa | Spostato | Spostata | Trasferito | Sostituito | Sostituita | Superato | Superata | Fallito
    Fallita | Ritirato | Ritirata | Scaduto | Scaduta | Eliminato | Eliminata | Non necessario | Non più necessario
    Uitgesteld | Verschoven | Geparkeerd | In de wacht | Gepauzeerd | Opgeschort | Gedeprioriteerd | Verplaatst
    Overgedragen | Vervangen | Achterhaald | Verouderd | Teruggedraaid | Mislukt | Verwijderd | Niet nodig
    Niet meer nodig
    Overbodig | Verlopen
    Udskudt | Udsat | Sat på pause | På pause | På hold | Parkeret | Nedprioriteret | Flyttet | Overført | Erstattet
    Forældet
    Rullet tilbage | Tilbagerullet | Trukket tilbage | Mislykket | Mislykkedes | Slettet | Udgået | Ikke nødvendig
    Ikke relevant | Bortfaldet | Kasseret
    Utsatt | På vent | Satt på vent | Parkert | Nedprioritert | Utdatert | Foreldet | Rullet tilbake | Tilbakerullet
    Trukket tilbake | Trukket | Mislyktes | Utgått | Ikke lenger aktuell | Uaktuell | Forkastet | Bortfalt
    Uppskjuten | Uppskjutet | Framskjuten | Senarelagd | Vilande | Pausad | Parkerad | Bortprioriterad | Nedprioriterad
    Flyttad | Flyttat | Överförd | Ersatt | Föråldrad | Inaktuell | Återkallad | Tillbakarullad | Tillbakadragen
    Misslyckad | Misslyckades | Borttagen | Utgår | Struken | Behövs ej | Behövs inte | Förkastad | Ej aktuell
    Inte aktuell | Makulerad
    Lykätty | Siirretty | Tauolla | Korvattu | Vanhentunut | Epäonnistunut | Poistettu | Rauennut | Ei tarvita
    Ei tarpeen
    Ei ajankohtainen | Palautettu
    Odłożone | Odłożony | Odroczone | Odroczony | Przełożone | Wstrzymane | Wstrzymany | Zawieszone | Zawieszony
    Przeniesione | Przeniesiony | Zastąpione | Przestarzałe | Nieaktualny | Wycofany | Cofnięte | Nieudane | Usunięte
    Usunięty | Wygasłe | Niepotrzebne
    Odloženo | Odložené | Pozastaveno | Pozastavené | Přesunuto | Přeloženo | Nahrazeno | Zastaralé | Vráceno | Staženo
    Neúspěšné | Smazáno | Odstraněno | Není potřeba | Neaktuální | Vypršelo | Presunuté | Nahradené | Zastarané
    Vrátené | Stiahnuté | Neúspešné | Odstránené
    Elhalasztva | Elhalasztott | Felfüggesztve | Áthelyezve | Áthelyezett | Elavult | Visszaállítva | Sikertelen
    Lejárt | Nem szükséges | Törölt | Kihagyva
    Amânat | Amânată | Suspendat | Suspendată | Mutat | Mutată | Transferat | Înlocuit | Învechit | Depășit | Retras
    Eșuat | Șters | Expirat | Nu este necesar | Abandonat
    Ertelendi | Beklemeye alındı | Askıya alındı | Taşındı | Devredildi | Geri alındı | Başarısız | Silindi
    Süresi doldu
    Gerekli değil | Gerek yok | Terk edildi
    Edasi lükatud | Peatatud | Üle viidud | Teisaldatud | Asendatud | Aegunud | Tagasi võetud | Ebaõnnestunud
    Kustutatud
    Pole vaja
    Отложено | Отложен | Отложена | Перенесено | Перенесен | Перенесён | Перенесена | Приостановлено | Приостановлен
    Заморожено | Перемещено | Заменено | Заменен | Устарело | Устарел | Откат | Откачено | Не удалось | Провалено
    Удалено
    Удален | Без решения | Не требуется | Не нужно | Не сделано
    Відкладено | Призупинено | Переміщено | Замінено | Застаріло | Відкочено | Не вдалося | Видалено | Не потрібно
    Неактуально
    Hoãn | Đã hoãn | Tạm hoãn | Tạm dừng | Đã chuyển | Đã thay thế | Lỗi thời | Hoàn tác | Đã hoàn tác | Thất bại
    Đã xóa
    Không cần | Không cần thiết | Hết hạn
    เลื่อน | เลื่อนออกไป | พักไว้ | ระงับ | ย้าย | ย้ายแล้ว | ล้าสมัย | ย้อนกลับ | ล้มเหลว | ลบแล้ว | ไม่จำเป็น | หมดอายุ
    推迟 | 延期 | 延后 | 暂缓 | 暂停 | 搁置 | 挂起 | 转移 | 移动 | 被取代 | 过时 | 过期 | 回滚 | 回退 | 撤回 | 失败
    删除 | 不需要 | 无需处理 | 无需修改 | 无法修复 | 不适用 | 忽略 | 降低优先级
    推遲 | 延後 | 暫緩 | 暫停 | 擱置 | 掛起 | 轉移 | 移動 | 被取代 | 過時 | 過期 | 回滾 | 失敗 | 刪除 | 無需處理
    不適用
    延期 | 保留 | 保留中 | 先送り | 後回し | 見合わせ | 凍結 | 移管 | 置き換え | 差し戻し | 差戻し | ロールバック
    切り戻し | 切戻し | 取消し | 取り消し | 失敗 | 期限切れ | 削除 | 廃止 | 廃案
    보류 | 보류 중 | 연기 | 중단 | 중지 | 이동 | 이관 | 대체 | 롤백 | 되돌림 | 원복 | 실패 | 만료 | 삭제 | 불필요
    필요 없음 | 해당 없음
    נדחה | מושהה | Αναβλήθηκε | Αναιρέθηκε | مؤجل | معلق
""")
)
"""Closed for now, elsewhere, or in vain. Of an open status such names say nothing."""

# Moved to production is delivered.
_WITHOUT_TAIL = _names("Moved | Transferred")
# A check that was left out undelivers nothing.
_CHECKED = _names("Tested | Verified")

DONE = _names("""
    Done | Closed | Complete | Completed | Finished | Resolved | Fixed | Implemented | Delivered | Released
    Deployed
    Shipped | Live | In Production | Verified | Accepted | Approved | Published | Merged | Solved | Tested
    Launched
    Fertig | Erledigt | Geschlossen | Abgeschlossen | Gelöst | Behoben | Veröffentlicht | Umgesetzt
    Ausgeliefert
    Terminé | Terminée | Fermé | Fermée | Résolu | Résolue | Corrigé | Corrigée | Livré | Livrée | Fini | Achevé
    Listo | Hecho | Finalizado | Finalizada | Cerrado | Cerrada | Resuelto | Resuelta | Corregido | Terminado
    Completado
    Concluído | Concluída | Itens concluídos | Feito | Fechado | Fechada | Resolvido | Resolvida | Corrigido
    Pronto
    Completato | Completata | Fatto | Chiuso | Chiusa | Risolto | Risolta | Corretto | Finito
    Gereed | Klaar | Afgerond | Gesloten | Opgelost | Voltooid | Udført | Færdig | Lukket | Løst | Afsluttet
    Fullført | Ferdig | Utført | Klart | Klar | Stängd | Löst | Åtgärdad | Slutförd | Valmis | Suljettu
    Ratkaistu
    Gotowe | Zamknięte | Rozwiązane | Naprawione | Ukończone | Hotovo | Dokončeno | Uzavřeno | Vyřešeno
    Opraveno
    Kész | Lezárva | Megoldva | Javítva | Finalizat | Închis | Rezolvat | Bitti | Tamamlandı | Kapatıldı
    Çözüldü
    Tehtud | Suletud | Готово | Закрыто | Закрыт | Решено | Решен | Исправлено | Выполнено | Завершено
    Виконано | Закрито
    Вирішено | Виправлено | Hoàn thành | Hoàn tất | Đã xong | Đã đóng | เสร็จสิ้น | เสร็จแล้ว | ปิดแล้ว
    完成 | 已完成 | 发布 | 已发布 | 上线 | 已上线
    已关闭 | 关闭 | 已解决 | 已修复 | 已關閉 | 關閉 | 已解決 | 已修復 | 完了 | 終了 | クローズ
    解決済み | 解決
    修正済み | 対応済み | 完了済み | 완료 | 완료됨 | 종료 | 종료됨 | 닫힘 | 해결됨 | 해결 | 수정됨
    Ολοκληρώθηκε | הושלם | تم
""")
"""Closed and delivered. Only to tell them from names that nobody knows."""


def cancelled(name: str) -> bool:
    """Tells whether the folded name of something closed, or a part of it, means that it was not delivered: `closed /
    wont do`, `❌ cancelled`, `deferred to q3`, `not implemented`.
    """
    parts = _parts(name)
    return any(part in GIVEN_UP or part in PUT_OFF or _NO_LONGER.match(part) or _undone(part) for part in parts)


def given_up(name: str) -> bool:
    """Tells whether a folded name means cancelled also where the category of a status says that the work goes on."""
    return any(part in GIVEN_UP for part in _parts(name))


def closed(name: str) -> bool:
    """Tells whether a folded name says by itself, without a category, that nothing more is to be done."""
    return name in DONE or given_up(name)


def known(name: str) -> bool:
    """Tells whether a folded name needs no person to say what it means."""
    return cancelled(name) or not DONE.isdisjoint(_parts(name))


def _parts(name: str) -> set[str]:
    wholes = {name, *(part.strip(_NUMBERING) for part in _BREAKS.split(name))}
    heads = {_TAIL.split(part, maxsplit=1)[0] for part in wholes} - _WITHOUT_TAIL
    found = wholes | heads
    return found | {_ENDINGS.sub("", part) for part in found}


def _undone(part: str) -> bool:
    done = _NOT.sub("", part)
    return done != part and done in DONE and done not in _CHECKED
